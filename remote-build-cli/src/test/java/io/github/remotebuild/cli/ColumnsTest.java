package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColumnsTest {
  @Test
  void escapes_and_control_characters_go_away() {
    assertThat(Columns.sanitized("\u001b[1;31mred\u001b[0m \u001b[2J\u001b[Hx\u0007\u0008\u0000"))
        .isEqualTo("red x");
    assertThat(Columns.sanitized("\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\"))
        .isEqualTo("link");
    assertThat(Columns.sanitized("\u001b]0;title\u0007after")).isEqualTo("after");
    assertThat(Columns.sanitized("\u001bcreset\u009b2Jx")).isEqualTo("resetx");
  }

  @Test
  void an_escape_that_is_cut_off_leaves_nothing_behind() {
    assertThat(Columns.sanitized("text\u001b[38;5")).isEqualTo("text");
    assertThat(Columns.sanitized("text\u001b]0;never ends")).isEqualTo("text");
    assertThat(Columns.sanitized("text\u001b")).isEqualTo("text");
  }

  @Test
  void of_an_overwritten_line_the_last_state_remains() {
    assertThat(Columns.sanitized("10%\r50%\r100%\r")).isEqualTo("100%");
    assertThat(Columns.sanitized("line\r\n")).isEqualTo("line");
    assertThat(Columns.sanitized("\r")).isEmpty();
  }

  @Test
  void marks_that_turn_the_direction_go_away_and_tabs_become_spaces() {
    assertThat(Columns.sanitized("a\u202eb\u2028c\td")).isEqualTo("abc d");
  }

  @Test
  void wide_characters_take_two_columns_and_accents_none() {
    assertThat(Columns.width("abc")).isEqualTo(3);
    assertThat(Columns.width("日本語")).isEqualTo(6);
    assertThat(Columns.width("🙂")).isEqualTo(2);
    assertThat(Columns.width("e\u0301")).isEqualTo(1);
  }

  @Test
  void a_text_is_cut_between_characters() {
    assertThat(Columns.cut("hello", 5, "…")).isEqualTo("hello");
    assertThat(Columns.cut("hello", 4, "…")).isEqualTo("hel…");
    assertThat(Columns.cut("日本語", 4, "…")).isEqualTo("日…");
    assertThat(Columns.cut("🙂🙂🙂", 3, "…")).isEqualTo("🙂…");
    assertThat(Columns.cut("hello", 0, "…")).isEmpty();
  }

  @Test
  void a_fitted_text_has_exactly_the_width() {
    assertThat(Columns.fit("日本語", 4, "…")).isEqualTo("日… ");
    assertThat(Columns.fit("ab", 4, "…")).isEqualTo("ab  ");
  }
}
