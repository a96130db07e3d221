package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static Failure failure(String message, String... evidence) {
    return new Failure(
        Phase.BUILD,
        FailureCause.BUILD_FAILED,
        Culprit.DERIVATION,
        RetryAdvice.NEVER,
        Optional.of("alpha"),
        message,
        List.of(evidence));
  }

  @Test
  void prints_the_evidence_line_by_line_below_the_message() {
    assertThat(failure("Could not build x on alpha: it failed", "one", "two"))
        .hasToString("Could not build x on alpha: it failed\n    one\n    two");
  }

  @Test
  void does_not_say_twice_what_the_message_says() {
    assertThat(failure("Could not build x: no space left", "no space left"))
        .hasToString("Could not build x: no space left");
  }

  @Test
  void prints_no_control_characters_and_no_empty_lines() {
    assertThat(failure("Could not build x", "\u0001Error\u0000\u001b[2J", "\u0000"))
        .hasToString("Could not build x\n    Error [2J");
  }
}
