package io.github.remotebuild.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class NarStreamTest {
  @Test
  void exactly_one_archive_is_copied() throws IOException {
    byte[] tree = Golden.bytes("tree.nar");
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(tree);
    both.write(Golden.bytes("hello.nar"));
    ByteArrayInputStream in = new ByteArrayInputStream(both.toByteArray());
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    NarSummary first = NarStream.copy("it", in, out);

    assertThat(out.toByteArray()).isEqualTo(tree);
    assertThat(first)
        .isEqualTo(new NarSummary(Hash.compute(HashAlgorithm.SHA256, tree), tree.length));
    assertThat(in.readAllBytes()).isEqualTo(Golden.bytes("hello.nar"));
  }

  @Test
  void the_hello_archive_has_its_known_hash() throws IOException {
    NarSummary summary =
        NarStream.read(
            "it", new ByteArrayInputStream(Golden.bytes("hello.nar")), new NarHandler() {});

    assertThat(summary.hash())
        .hasToString("sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw");
    assertThat(summary.sizeBytes()).isEqualTo(120);
  }

  @Test
  void a_large_file_is_read_in_large_pieces() throws IOException {
    byte[] nar = NarTree.file("x".repeat(1_000_000)).toNar().toByteArray();
    int[] reads = new int[1];
    InputStream counting =
        new FilterInputStream(new ByteArrayInputStream(nar)) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            reads[0]++;
            return super.read(buffer, offset, length);
          }
        };

    NarStream.copy("it", counting, new ByteArrayOutputStream());

    assertThat(reads[0]).isLessThan(40);
  }

  @Test
  void a_stream_that_ends_too_early_is_an_end_of_file() {
    byte[] tree = Golden.bytes("tree.nar");
    for (int cut = 0; cut < tree.length; cut++) {
      InputStream in = new ByteArrayInputStream(tree, 0, cut);
      assertThatThrownBy(() -> NarStream.copy("it", in, new ByteArrayOutputStream()))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void what_is_no_archive_is_refused_before_it_is_passed_on() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] text = Arrays.copyOf("<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8), 100);

    assertThatThrownBy(() -> NarStream.copy("it", new ByteArrayInputStream(text), out))
        .isInstanceOf(FormatException.class);
    assertThat(out.size()).isZero();
  }
}
