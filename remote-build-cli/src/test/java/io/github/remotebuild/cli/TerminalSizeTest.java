package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalSizeTest {
  @Test
  void what_stty_prints_is_read() {
    assertThat(TerminalSize.parse("24 80\n")).contains(new TerminalSize(80, 24));
  }

  @Test
  void a_terminal_without_a_size_has_none() {
    assertThat(TerminalSize.parse("0 0\n")).isEmpty();
    assertThat(TerminalSize.parse("")).isEmpty();
    assertThat(TerminalSize.parse("speed 38400 baud")).isEmpty();
  }

  @Test
  void the_variable_names_the_columns_if_it_is_a_number() {
    assertThat(TerminalSize.USUAL.withColumns("120").columns()).isEqualTo(120);
    assertThat(TerminalSize.USUAL.withColumns("").columns()).isEqualTo(80);
    assertThat(TerminalSize.USUAL.withColumns("0").columns()).isEqualTo(80);
    assertThat(TerminalSize.USUAL.withColumns("wide").columns()).isEqualTo(80);
  }
}
