package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.Tool;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void a_terminal_breaks_lines_anew_if_it_says_who_it_is_and_nothing_else_is_in_between() {
    assertThat(Terminal.isReflowing(Map.of("TMUX", "1", "XTERM_VERSION", "1"))).isTrue();
    assertThat(Terminal.isReflowing(Map.of("VTE_VERSION", "7000"))).isTrue();
    assertThat(Terminal.isReflowing(Map.of("VTE_VERSION", "7000", "STY", "1"))).isFalse();
    assertThat(Terminal.isReflowing(Map.of("VTE_VERSION", "7000", "XTERM_VERSION", "1"))).isFalse();
    assertThat(Terminal.isReflowing(Map.of("TERM", "xterm"))).isFalse();
  }

  @Test
  void the_signal_of_a_resize_is_heard_and_told_once() {
    BooleanSupplier resizes = ResizeSignal.listen().orElseThrow();
    assertThat(resizes.getAsBoolean()).isFalse();

    Tool.of("sh", "-c", "kill -WINCH " + ProcessHandle.current().pid()).run().orThrow();

    Eventually.within(
        Duration.ofSeconds(10), resizes::getAsBoolean, isResized -> assertThat(isResized).isTrue());
    assertThat(resizes.getAsBoolean()).isFalse();
  }
}
