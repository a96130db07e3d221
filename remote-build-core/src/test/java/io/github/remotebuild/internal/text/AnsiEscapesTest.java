package io.github.remotebuild.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AnsiEscapesTest {
  @Test
  void colours_and_links_are_taken_out() {
    assertThat(AnsiEscapes.strip("\u001b[31;1merror:\u001b[0m a \u001b[35;1m'b'\u001b[0m"))
        .isEqualTo("error: a 'b'");
    assertThat(AnsiEscapes.strip("\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\!"))
        .isEqualTo("link!");
    assertThat(AnsiEscapes.strip("\u001b(Bplain\u001b7")).isEqualTo("plain");
  }

  @Test
  void text_without_escapes_is_left() {
    assertThat(AnsiEscapes.strip("[1m is no escape\n")).isEqualTo("[1m is no escape\n");
  }

  @Test
  void an_escape_that_is_cut_off_is_taken_out() {
    assertThat(AnsiEscapes.strip("a\u001b[31")).isEqualTo("a");
    assertThat(AnsiEscapes.strip("a\u001b")).isEqualTo("a");
  }
}
