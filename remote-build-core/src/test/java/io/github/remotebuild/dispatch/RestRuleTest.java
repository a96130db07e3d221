package io.github.remotebuild.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RestRuleTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void rests_grow_by_the_factor_up_to_the_bound() {
    RestRule rule = new RestRule(SECOND, 3, Duration.ofSeconds(20), 0);

    assertThat(List.of(1, 2, 3, 4, 5, 1_000_000))
        .extracting(failures -> rule.rest(failures, new Random(0)).toSeconds())
        .containsExactly(1L, 3L, 9L, 20L, 20L, 20L);
  }

  @Test
  void jitter_adds_at_most_its_part() {
    RestRule rule = new RestRule(SECOND, 1, SECOND, 0.5);
    Random random = new Random(0);

    for (int i = 0; i < 100; i++) {
      assertThat(rule.rest(1, random)).isBetween(SECOND, SECOND.plusMillis(500));
    }
  }

  @Test
  void a_rest_is_never_nothing() {
    RestRule rule = new RestRule(Duration.ofNanos(1), 1, Duration.ofNanos(1), 0);

    assertThat(rule.rest(1, new Random(0))).isPositive();
  }

  @Test
  void numbers_without_sense_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RestRule(Duration.ZERO, 1, SECOND, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RestRule(SECOND, 1, Duration.ofMillis(1), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RestRule(SECOND, 1, Duration.ofDays(366), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RestRule(SECOND, Double.NaN, SECOND, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new RestRule(SECOND, 1, SECOND, 1.1));
  }
}
