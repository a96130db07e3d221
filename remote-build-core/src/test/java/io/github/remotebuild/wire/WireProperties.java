package io.github.remotebuild.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

final class WireProperties {
  private static byte[] written(List<byte[]> strings, long number) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WireOutput out = new WireOutput(bytes);
    for (byte[] string : strings) {
      out.writeBytes(string);
    }
    out.writeLong(number);
    out.flush();
    return bytes.toByteArray();
  }

  private static InputStream inPieces(byte[] bytes, int piece) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        return super.read(buffer, offset, Math.min(length, piece));
      }
    };
  }

  @Property(tries = 200)
  void what_was_written_is_read(
      @ForAll @Size(max = 20) List<byte[]> strings,
      @ForAll @LongRange(min = 0) long number,
      @ForAll @IntRange(min = 1, max = 40) int piece)
      throws IOException {
    WireInput in = new WireInput(inPieces(written(strings, number), piece), "it");

    for (byte[] string : strings) {
      assertThat(in.readBytes("a string", 1 << 20)).isEqualTo(string);
    }
    assertThat(in.readLong("a number")).isEqualTo(number);
    assertThat(in.readByte()).isEqualTo(-1);
  }

  @Property(tries = 200)
  void a_shorter_stream_ends_and_never_reads_as_another(
      @ForAll @Size(max = 5) List<byte[]> strings,
      @ForAll @LongRange(min = 0) long number,
      @ForAll @IntRange(min = 0) int place)
      throws IOException {
    byte[] bytes = written(strings, number);
    WireInput in = new WireInput(new ByteArrayInputStream(bytes, 0, place % bytes.length), "it");

    boolean isEnded = false;
    try {
      for (byte[] string : strings) {
        assertThat(in.readBytes("a string", 1 << 20)).isEqualTo(string);
      }
      in.readLong("a number");
    } catch (EOFException e) {
      isEnded = true;
    }

    assertThat(isEnded).isTrue();
  }

  @Property(tries = 300)
  void any_bytes_are_read_or_refused_but_take_no_more_memory_than_the_limit(
      @ForAll @Size(max = 200) byte[] bytes) throws IOException {
    WireInput in = new WireInput(new ByteArrayInputStream(bytes), "it");

    try {
      while (true) {
        assertThat(in.readBytes("a string", 64).length).isLessThanOrEqualTo(64);
      }
    } catch (FormatException | EOFException e) {
      assertThat(e).hasMessageStartingWith("Could not read it");
    }
  }
}
