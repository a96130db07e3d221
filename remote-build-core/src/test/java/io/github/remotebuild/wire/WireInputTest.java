package io.github.remotebuild.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarParser;
import io.github.remotebuild.nar.NarTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WireInputTest {
  private static final String HELLO = "/nix/store/gwina1sjk7g95wq6fxc6b7s1hza53h74-hello";

  private static WireInput input(byte[] bytes) {
    return new WireInput(new ByteArrayInputStream(bytes), "the answer of it");
  }

  private static WireInput hex(String digits) {
    return input(HexFormat.of().parseHex(digits.replace(" ", "")));
  }

  private static byte[] written(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WireOutput out = new WireOutput(bytes);
    writing.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private interface Writing {
    void write(WireOutput out) throws IOException;
  }

  @Test
  void integers_are_little_endian() throws IOException {
    WireInput in = hex("0102000000000000 ffffffffffffff7f");

    assertThat(in.readLong("it")).isEqualTo(0x201);
    assertThat(in.readLong("it")).isEqualTo(Long.MAX_VALUE);
    assertThat(in.offset()).isEqualTo(16);
  }

  @Test
  void integers_of_2_to_the_63_and_more_are_refused() {
    assertThatThrownBy(() -> hex("0000000000000080").readLong("a time"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "Could not read the answer of it at byte 0 (a time):"
                + " expected an integer below 2^63, found 9223372036854775808");
  }

  @Test
  void counts_have_limits() throws IOException {
    assertThat(hex("0500000000000000").readInt("a count", 5)).isEqualTo(5);
    assertThatThrownBy(() -> hex("0500000000000000").readInt("a count", 4))
        .hasMessageEndingWith("at byte 0 (a count): expected at most 4, found 5");
  }

  @Test
  void any_integer_but_0_is_true() throws IOException {
    WireInput in = hex("0000000000000000 0100000000000000 ffffffffffffffff");

    assertThat(in.readBool("it")).isFalse();
    assertThat(in.readBool("it")).isTrue();
    assertThat(in.readBool("it")).isTrue();
  }

  @Test
  void strings_are_padded_to_8_bytes() throws IOException {
    WireInput in = hex("0300000000000000 6162630000000000 0000000000000000 0100000000000000");

    assertThat(in.readText("it", 3)).isEqualTo("abc");
    assertThat(in.readText("it", 0)).isEmpty();
    assertThat(in.readLong("it")).isEqualTo(1);
  }

  @Test
  void padding_is_zeros() {
    assertThatThrownBy(() -> hex("0300000000000000 6162630000000100").readText("a name", 10))
        .hasMessageContaining("(a name): expected padding of zeros, found the byte 1");
  }

  @Test
  void a_string_above_its_limit_is_refused_before_it_is_read() {
    assertThatThrownBy(() -> hex("ffffffffffffff7f").readText("a name", 100))
        .hasMessageEndingWith(
            "(the length of a name): expected at most 100, found 9223372036854775807");
  }

  @Test
  void store_paths_are_checked() throws IOException {
    byte[] good = written(out -> out.writeText(HELLO));
    byte[] bad = written(out -> out.writeText("/nix/store/.."));

    assertThat(input(good).readStorePath("a path", StoreDir.NIX, WireLimits.defaults()))
        .isEqualTo(StorePath.parse(HELLO));
    assertThatThrownBy(
            () -> input(bad).readStorePath("a path", StoreDir.NIX, WireLimits.defaults()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the answer of it at byte 0 (a path): expected")
        .hasMessageContaining("found '/nix/store/..'");
  }

  @Test
  void a_list_of_store_paths_has_a_limit() throws IOException {
    byte[] two = written(out -> out.writeStorePaths(List.of(path("a"), path("b"))));

    assertThat(input(two).readStorePaths("a path", StoreDir.NIX, 2, WireLimits.defaults()))
        .containsExactly(path("a"), path("b"));
    assertThatThrownBy(
            () -> input(two).readStorePaths("a path", StoreDir.NIX, 1, WireLimits.defaults()))
        .hasMessageEndingWith("(the count of a path): expected at most 1, found 2");
  }

  private static StorePath path(String name) {
    return StorePath.of(StoreDir.NIX, new byte[20], name);
  }

  @Test
  void the_end_of_the_stream_says_where_and_in_what() {
    assertThatThrownBy(() -> hex("01020304").readLong("a count"))
        .isInstanceOf(EOFException.class)
        .hasMessage("Could not read the answer of it: it ends at byte 4, in a count");
    assertThatThrownBy(() -> hex("0300000000000000 6162").readText("a name", 10))
        .isInstanceOf(EOFException.class)
        .hasMessage("Could not read the answer of it: it ends at byte 10, in a name");
    assertThatThrownBy(() -> hex("0300000000000000 616263").readText("a name", 10))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void strings_longer_than_the_buffer_are_read() throws IOException {
    byte[] large = new byte[200_001];
    Arrays.fill(large, (byte) 'x');
    WireInput in = input(written(out -> out.writeBytes(large)));

    assertThat(in.readBytes("it", large.length)).isEqualTo(large);
    assertThat(in.offset()).isEqualTo(8 + 200_008);
  }

  @Test
  void integers_across_the_edge_of_the_buffer_are_read() throws IOException {
    WireInput in =
        input(
            written(
                out -> {
                  out.writeRaw(new byte[3], 0, 3);
                  for (int i = 0; i < 20_000; i++) {
                    out.writeLong(i);
                  }
                }));
    for (int i = 0; i < 3; i++) {
      assertThat(in.readByte()).isZero();
    }

    for (int i = 0; i < 20_000; i++) {
      assertThat(in.readLong("it")).isEqualTo(i);
    }
    assertThat(in.readByte()).isEqualTo(-1);
  }

  @Test
  void before_waiting_is_run_before_each_read_of_the_stream() throws IOException {
    int[] runs = new int[1];
    WireInput in = hex("0100000000000000 0200000000000000");
    in.beforeWaiting(() -> runs[0]++);

    in.readLong("it");
    assertThat(runs[0]).isEqualTo(1);
    in.readLong("it");
    assertThat(runs[0]).isEqualTo(1);
    in.readByte();
    assertThat(runs[0]).isEqualTo(2);
  }

  @Test
  void an_archive_is_handed_over_with_its_last_piece_marked() throws IOException {
    byte[] nar = NarTree.file("x".repeat(150_000)).toNar().toByteArray();
    WireInput in = input(Arrays.copyOf(nar, nar.length + 8));
    List<String> pieces = new ArrayList<>();
    ByteArrayOutputStream all = new ByteArrayOutputStream();

    in.readArchive(
        new NarParser("it"),
        new WireInput.ArchiveSink() {
          @Override
          public void chunk(byte[] buffer, int offset, int length) {
            pieces.add("some");
            all.write(buffer, offset, length);
          }

          @Override
          public void lastChunk(byte[] buffer, int offset, int length) {
            pieces.add("last");
            all.write(buffer, offset, length);
          }
        });

    assertThat(pieces).containsExactly("some", "some", "last");
    assertThat(all.toByteArray()).isEqualTo(nar);
    assertThat(in.readLong("it")).isZero();
  }
}
