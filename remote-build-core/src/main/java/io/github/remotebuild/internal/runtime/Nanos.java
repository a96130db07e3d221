package io.github.remotebuild.internal.runtime;

import java.time.Duration;

/** Durations as numbers, the longest ones cut to what a number holds. */
final class Nanos {
  /** A quarter of all numbers, so that sums and differences with times do not wrap: 73 years. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

  private Nanos() {}

  static long of(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
