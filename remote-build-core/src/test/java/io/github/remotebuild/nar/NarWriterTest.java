package io.github.remotebuild.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.remotebuild.model.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class NarWriterTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final NarWriter writer = new NarWriter(out);

  @Test
  void an_archive_that_is_read_into_a_writer_comes_out_the_same() throws IOException {
    byte[] tree = Golden.bytes("tree.nar");

    NarStream.read("it", new ByteArrayInputStream(tree), writer);

    assertThat(out.toByteArray()).isEqualTo(tree);
    assertThat(writer.isComplete()).isTrue();
  }

  @Test
  void contents_may_come_in_pieces() throws IOException {
    writer.file(6, FileKind.PLAIN);
    writer.contents(new byte[] {'h', 'e', 'l'}, 0, 3);
    writer.contents(new byte[] {'?', 'l', 'o', '\n'}, 1, 3);
    writer.endFile();

    assertThat(out.toByteArray()).isEqualTo(Golden.bytes("hello.nar"));
  }

  @Test
  void a_file_gets_exactly_its_contents() throws IOException {
    writer.file(2, FileKind.PLAIN);

    assertThatIllegalStateException().isThrownBy(writer::endFile);
    assertThatIllegalArgumentException().isThrownBy(() -> writer.contents(new byte[3], 0, 3));
  }

  @Test
  void a_file_of_negative_size_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> writer.file(-1, FileKind.PLAIN));
  }

  @Test
  void events_out_of_order_are_refused() throws IOException {
    assertThatIllegalStateException().isThrownBy(() -> writer.entry(ByteString.of("a")));
    assertThatIllegalStateException().isThrownBy(writer::endDirectory);
    writer.directory();
    assertThatIllegalStateException().isThrownBy(() -> writer.symlink(ByteString.of("a")));
    writer.entry(ByteString.of("a"));
    assertThatIllegalStateException().isThrownBy(writer::endDirectory);
    writer.symlink(ByteString.of("t"));
    writer.endDirectory();
    assertThatIllegalStateException().isThrownBy(writer::directory);
  }

  @Test
  void entries_must_ascend() throws IOException {
    writer.directory();
    writer.entry(ByteString.of("b"));
    writer.symlink(ByteString.of("t"));

    assertThatIllegalArgumentException().isThrownBy(() -> writer.entry(ByteString.of("b")));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.entry(ByteString.of("a")));
  }

  @Test
  void names_and_targets_follow_the_rules_of_readers() throws IOException {
    assertThatIllegalArgumentException().isThrownBy(() -> writer.symlink(ByteString.empty()));
    writer.directory();
    assertThatIllegalArgumentException().isThrownBy(() -> writer.entry(ByteString.of("..")));
  }

  @Test
  void at_most_63_directories_are_above_a_leaf() throws IOException {
    for (int i = 0; i < 63; i++) {
      writer.directory();
      writer.entry(ByteString.of("d"));
    }
    writer.directory();

    assertThatIllegalArgumentException().isThrownBy(() -> writer.entry(ByteString.of("d")));
  }
}
