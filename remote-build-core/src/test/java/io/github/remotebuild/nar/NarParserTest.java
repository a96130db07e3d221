package io.github.remotebuild.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class NarParserTest {
  private static final String[] FILE = {"(", "type", "regular", "contents", "x", ")"};

  /** Each text as a padded string, after the magic. */
  private static byte[] nar(String... strings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, "nix-archive-1");
    for (String text : strings) {
      write(out, text);
    }
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    out.write(bytes.length & 0xff);
    out.write(bytes.length >>> 8);
    out.writeBytes(new byte[6]);
    out.writeBytes(bytes);
    out.writeBytes(new byte[-bytes.length & 7]);
  }

  private static String[] in(String name, String... node) {
    String[] all = new String[node.length + 5];
    all[0] = "entry";
    all[1] = "(";
    all[2] = "name";
    all[3] = name;
    all[4] = "node";
    System.arraycopy(node, 0, all, 5, node.length);
    return join(all, ")");
  }

  private static String[] directory(String[]... entries) {
    String[] all = {"(", "type", "directory"};
    for (String[] entry : entries) {
      all = join(all, entry);
    }
    return join(all, ")");
  }

  private static String[] join(String[] first, String... second) {
    String[] all = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static boolean isAccepted(byte[] bytes) throws IOException {
    NarParser parser = new NarParser("it");
    parser.feed(bytes, 0, bytes.length);
    return parser.isComplete();
  }

  private static void assertRefused(String message, String... strings) {
    byte[] bytes = nar(strings);
    assertThatThrownBy(() -> isAccepted(bytes))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message);
    assertThatThrownBy(
            () -> {
              NarParser parser = new NarParser("it");
              for (byte b : bytes) {
                parser.feed(new byte[] {b}, 0, 1);
              }
            })
        .as("byte by byte")
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message);
  }

  @Test
  void the_archives_of_nix_are_accepted_in_pieces_of_any_size() throws IOException {
    byte[] bytes = Golden.bytes("tree.nar");
    for (int piece = 1; piece < 70; piece++) {
      NarTreeBuilder builder = new NarTreeBuilder("it", 10_000);
      NarParser parser = new NarParser("it", builder);
      for (int at = 0; at < bytes.length; at += piece) {
        int length = Math.min(piece, bytes.length - at);
        assertThat(parser.feed(bytes, at, length)).isEqualTo(length);
      }

      assertThat(parser.isComplete()).isTrue();
      assertThat(parser.position()).isEqualTo(bytes.length);
      assertThat(builder.result()).isEqualTo(Golden.tree());
    }
  }

  @Test
  void an_archive_cut_at_any_byte_is_not_complete() throws IOException {
    byte[] bytes = Golden.bytes("tree.nar");
    for (int cut = 0; cut < bytes.length; cut++) {
      NarParser parser = new NarParser("it");
      assertThat(parser.feed(bytes, 0, cut)).isEqualTo(cut);

      assertThat(parser.isComplete()).isFalse();
      assertThat(parser.neededBytes()).isBetween(1L, (long) bytes.length - cut);
      assertThatThrownBy(parser::end)
          .isInstanceOf(EOFException.class)
          .hasMessageStartingWith("Could not read it: it ends at byte " + cut + ", where ");
    }
  }

  @Test
  void what_follows_the_archive_is_left() throws IOException {
    byte[] bytes = java.util.Arrays.copyOf(Golden.bytes("hello.nar"), 150);
    NarParser parser = new NarParser("it");

    assertThat(parser.feed(bytes, 0, bytes.length)).isEqualTo(120);
    assertThat(parser.feed(bytes, 120, 30)).isZero();
    assertThat(parser.neededBytes()).isZero();
  }

  @Test
  void words_of_the_grammar_must_be_in_their_places() throws IOException {
    assertThat(isAccepted(nar(FILE))).isTrue();
    assertRefused("at byte 24: expected '(', found 'x'", "x");
    assertRefused("expected 'type', found 'kind'", "(", "kind");
    assertRefused("expected 'regular', 'symlink' or 'directory'", "(", "type", "fifo");
    assertRefused("'contents', found ')'", "(", "type", "regular", ")");
    assertRefused("'contents', found 'target'", "(", "type", "regular", "executable", "", "target");
    assertRefused("expected ')', found", join(FILE, "x"), 5);
    assertRefused("expected 'target', found ')'", "(", "type", "symlink", ")");
    assertRefused("expected 'entry' or ')'", "(", "type", "directory", "(");
    assertRefused("expected '(', found 'name'", directory(new String[] {"entry", "name"}));
    assertRefused("expected 'name', found 'n'", directory(new String[] {"entry", "(", "n"}));
    assertRefused(
        "expected 'node', found 'x'", directory(new String[] {"entry", "(", "name", "a", "x"}));
  }

  private static void assertRefused(String message, String[] strings, int replaced) {
    String[] changed = strings.clone();
    changed[replaced] = "nonsense";
    assertRefused(message, changed);
  }

  @Test
  void the_magic_must_be_there() {
    byte[] bytes = nar(FILE);
    bytes[8] = 'N';

    assertThatThrownBy(() -> isAccepted(bytes))
        .isInstanceOf(FormatException.class)
        .hasMessage("Could not read it at byte 0: expected 'nix-archive-1', found 'Nix-archive-1'");
  }

  @Test
  void the_executable_marker_is_empty_and_comes_before_the_contents() throws IOException {
    assertThat(isAccepted(nar("(", "type", "regular", "executable", "", "contents", "", ")")))
        .isTrue();
    assertRefused("an empty string after 'executable'", "(", "type", "regular", "executable", "1");
    assertRefused(
        "expected ')', found 'executable'", "(", "type", "regular", "contents", "", "executable");
  }

  @Test
  void a_word_is_at_most_32_bytes_long() {
    assertRefused("found 'xxx", "(", "x".repeat(32));
    assertRefused("found a string of 33 bytes", "(", "x".repeat(33));
  }

  @Test
  void names_follow_the_rules() throws IOException {
    assertThat(isAccepted(nar(directory(in("x".repeat(255), FILE))))).isTrue();
    assertThat(isAccepted(nar(directory(in("...", FILE))))).isTrue();
    assertRefused("a name of 1 to 255 bytes", directory(in("", FILE)));
    assertRefused("a name of 1 to 255 bytes", directory(in("x".repeat(256), FILE)));
    assertRefused("other than '.' and '..'", directory(in(".", FILE)));
    assertRefused("other than '.' and '..'", directory(in("..", FILE)));
    assertRefused("without slash and NUL", directory(in("a/b", FILE)));
    assertRefused("without slash and NUL", directory(in("a\0b", FILE)));
  }

  @Test
  void entries_ascend_by_unsigned_bytes() throws IOException {
    assertThat(isAccepted(nar(directory(in("Z", FILE), in("a", FILE), in("\u00ff", FILE)))))
        .isTrue();
    assertRefused("a name that comes after 'b'", directory(in("b", FILE), in("a", FILE)));
    assertRefused("a name that comes after 'a'", directory(in("a", FILE), in("a", FILE)));
    assertRefused("a name that comes after", directory(in("\u00ff", FILE), in("a", FILE)));
  }

  @Test
  void the_order_is_checked_again_after_a_directory_inside() {
    assertRefused(
        "a name that comes after 'm'", directory(in("m", directory(in("z", FILE))), in("a", FILE)));
  }

  @Test
  void targets_follow_the_rules() throws IOException {
    assertThat(isAccepted(nar("(", "type", "symlink", "target", "x".repeat(4095), ")"))).isTrue();
    assertRefused("a target of 1 to 4095", "(", "type", "symlink", "target", "");
    assertRefused("a target of 1 to 4095", "(", "type", "symlink", "target", "x".repeat(4096));
    assertRefused("a target without NUL", "(", "type", "symlink", "target", "a\0");
  }

  @Test
  void at_most_63_directories_are_above_a_leaf() throws IOException {
    String[] node = FILE;
    for (int i = 0; i < 63; i++) {
      node = directory(in("d", node));
    }

    assertThat(isAccepted(nar(node))).isTrue();
    assertRefused("at most 63 directories", directory(in("d", node)));
  }

  @Test
  void padding_is_zeros() {
    byte[] inWord = nar(FILE);
    inWord[8 + 13] = 1;
    assertThatThrownBy(() -> isAccepted(inWord))
        .hasMessage("Could not read it at byte 0: expected padding of zeros, found the byte 1");

    byte[] inContents = nar(FILE);
    inContents[inContents.length - 16 - 1] = (byte) 255;
    assertThatThrownBy(() -> isAccepted(inContents))
        .hasMessageEndingWith("expected padding of zeros, found the byte 255");
  }

  @Test
  void lengths_of_2_to_the_63_and_more_are_refused() {
    byte[] file = nar("(", "type", "regular", "contents", "");
    file[file.length - 1] = (byte) 0x80;
    assertThatThrownBy(() -> isAccepted(file))
        .hasMessageEndingWith("expected less than 2^63 bytes, found 9223372036854775808");

    byte[] word = nar("");
    word[word.length - 1] = (byte) 0xff;
    assertThatThrownBy(() -> isAccepted(word))
        .hasMessageEndingWith("found a string of 18374686479671623680 bytes");
  }

  @Test
  void a_file_of_nearly_2_to_the_63_bytes_needs_no_memory() throws IOException {
    byte[] begin = nar("(", "type", "regular", "contents", "");
    java.util.Arrays.fill(begin, begin.length - 8, begin.length, (byte) 0xff);
    begin[begin.length - 1] = 0x7f;
    NarParser parser = new NarParser("it");

    parser.feed(begin, 0, begin.length);

    assertThat(parser.neededBytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void the_handler_hears_everything_in_order() throws IOException {
    StringBuilder heard = new StringBuilder();
    NarHandler handler =
        new NarHandler() {
          @Override
          public void file(long sizeBytes, FileKind kind) {
            heard.append(kind).append(sizeBytes).append(' ');
          }

          @Override
          public void contents(byte[] buffer, int offset, int length) {
            heard.append(new String(buffer, offset, length, StandardCharsets.UTF_8));
          }

          @Override
          public void endFile() {
            heard.append(';');
          }

          @Override
          public void symlink(ByteString target) {
            heard.append("->").append(target).append(';');
          }

          @Override
          public void directory() {
            heard.append('{');
          }

          @Override
          public void entry(ByteString name) {
            heard.append(name).append('=');
          }

          @Override
          public void endDirectory() {
            heard.append('}');
          }
        };
    byte[] bytes =
        nar(
            directory(
                in("a", FILE),
                in("b", directory(in("c", "(", "type", "symlink", "target", "t", ")"))),
                in("d", "(", "type", "regular", "executable", "", "contents", "", ")")));

    new NarParser("it", handler).feed(bytes, 0, bytes.length);

    assertThat(heard).hasToString("{a=PLAIN1 x;b={c=->t;}d=EXECUTABLE0 ;}");
  }
}
