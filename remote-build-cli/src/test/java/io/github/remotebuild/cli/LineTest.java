package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineTest {
  private static List<String> wrapped(Line line, int columns, int indent) {
    return line.wrapped(columns, indent).stream().map(Line::text).toList();
  }

  @Test
  void a_line_is_broken_at_spaces_and_what_follows_is_indented() {
    assertThat(wrapped(Line.of("one two ").plus("three four", Style.BOLD), 10, 2))
        .containsExactly("one two", "  three", "  four");
  }

  @Test
  void a_number_is_not_parted_from_its_unit() {
    assertThat(wrapped(Line.of("got 1 path, 192 KiB"), 16, 2))
        .containsExactly("got 1 path,", "  192 KiB");
    assertThat(wrapped(Line.of("got 1 path, 192 B; Bye"), 17, 2))
        .containsExactly("got 1 path,", "  192 B; Bye");
  }

  @Test
  void a_word_that_does_not_fit_stays_whole() {
    assertThat(wrapped(Line.of("a incomprehensible b"), 8, 1))
        .containsExactly("a", " incomprehensible", " b");
  }

  @Test
  void a_line_that_fits_stays_as_it_is() {
    Line line = Line.of("  one ").plus("two", Style.GOOD);

    assertThat(line.wrapped(9, 4)).singleElement().extracting(Line::text).isEqualTo(line.text());
  }

  @Test
  void a_line_is_cut_across_its_pieces() {
    Line line = Line.of("one ").plus("two ", Style.GOOD).plus("three");

    assertThat(line.cut(6, "…").text()).isEqualTo("one t…");
    assertThat(line.cut(13, "…")).isEqualTo(line);
    assertThat(line.cut(12, "…").text()).isEqualTo("one two thr…");
    assertThat(line.cut(8, "…").text()).isEqualTo("one two…");
  }
}
