package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();

  private List<String> split(int limit, String... pieces) {
    LineSplitter splitter = new LineSplitter(limit, lines::add);
    for (String piece : pieces) {
      byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
      splitter.accept(bytes, 0, bytes.length);
    }
    splitter.finish();
    return lines;
  }

  @Test
  void a_line_ends_at_a_newline_and_a_return_before_it_is_left_out() {
    assertThat(split(100, "one\ntwo\r\n\nth", "ree\r", "\n"))
        .containsExactly("one", "two", "", "three");
  }

  @Test
  void a_last_line_without_an_end_is_passed_on() {
    assertThat(split(100, "one\ntwo")).containsExactly("one", "two");
  }

  @Test
  void a_return_in_the_middle_of_a_line_stays() {
    assertThat(split(100, "10%\r20%\r\n")).containsExactly("10%\r20%");
  }

  @Test
  void a_line_as_long_as_the_bound_is_not_followed_by_an_empty_one() {
    assertThat(split(4, "abcd\nabcd\r\n", "efgh")).containsExactly("abcd", "abcd", "efgh");
  }

  @Test
  void a_longer_line_comes_in_pieces() {
    assertThat(split(4, "abcdefghij\nk")).containsExactly("abcd", "efgh", "ij", "k");
  }

  @Test
  void a_return_at_the_cut_that_ends_no_line_stays() {
    assertThat(split(4, "abcd\r", "ef\n")).containsExactly("abcd", "\ref");
  }

  @Test
  void a_cut_does_not_divide_a_character() {
    assertThat(split(4, "abc€def\n")).containsExactly("abc", "€d", "ef");
    lines.clear();
    assertThat(split(4, "abc\uD83D\uDE00")).containsExactly("abc", "\uD83D\uDE00");
  }

  @Test
  void bytes_that_are_no_text_are_cut_at_the_bound() {
    LineSplitter splitter = new LineSplitter(4, lines::add);
    byte[] bytes = new byte[10];
    java.util.Arrays.fill(bytes, (byte) 0x80);
    splitter.accept(bytes, 0, bytes.length);
    splitter.finish();
    assertThat(lines).hasSize(3);
  }
}
