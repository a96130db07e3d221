package io.github.remotebuild.dispatch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a failing machine is left alone: longer each time, up to a bound, with some jitter so
 * that several programs do not return at once. Immutable.
 *
 * @param first the rest after the first failure
 * @param factor how much longer each next rest is; at least 1
 * @param longest the bound; at most 365 days
 * @param jitter the part of a rest that is added at most, from 0 to 1
 * @since 0.1
 */
public record RestRule(Duration first, double factor, Duration longest, double jitter) {
  /** Checks the numbers. */
  public RestRule {
    if (first.isNegative() || first.isZero()) {
      throw new IllegalArgumentException("first must be positive: " + first);
    }
    if (longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("longest must not be below first: " + longest);
    }
    if (longest.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException("longest must be at most 365 days: " + longest);
    }
    if (!(factor >= 1)) {
      throw new IllegalArgumentException("factor must be at least 1: " + factor);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter must be from 0 to 1: " + jitter);
    }
  }

  /** 10 s, then three times as long each time, up to 10 min, plus up to a tenth. */
  public static RestRule defaults() {
    return new RestRule(Duration.ofSeconds(10), 3, Duration.ofMinutes(10), 0.1);
  }

  Duration rest(int failures, RandomGenerator random) {
    double millis =
        Math.min(
            (double) longest.toMillis(),
            (double) first.toMillis() * Math.pow(factor, failures - 1.0));
    // Never nothing: a machine must not be back before its failure has been dealt with.
    return Duration.ofMillis(Math.max(1, (long) (millis * (1 + jitter * random.nextDouble()))));
  }
}
