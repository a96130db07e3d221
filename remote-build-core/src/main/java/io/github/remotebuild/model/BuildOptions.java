package io.github.remotebuild.model;

import java.time.Duration;

/**
 * The bounds that a machine is to put on one build.
 *
 * <p>Durations are rounded up to whole seconds; they travel as 32-bit numbers. Immutable.
 *
 * @param maxSilentTime how long the builder may print nothing; zero for no bound
 * @param timeout how long the build may take; zero for no bound
 * @param maxLogSizeBytes how much the builder may print; zero for no bound
 * @param isFailureKept whether the machine keeps the directory of a failed build (protocol 2.7, Nix
 *     2.4 and later; older ones are not told)
 * @since 0.1
 */
public record BuildOptions(
    Duration maxSilentTime, Duration timeout, long maxLogSizeBytes, boolean isFailureKept) {
  private static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);

  private static final BuildOptions UNBOUNDED =
      new BuildOptions(Duration.ZERO, Duration.ZERO, 0, false);

  /** Checks the ranges. */
  public BuildOptions {
    check(maxSilentTime, "maxSilentTime");
    check(timeout, "timeout");
    if (maxLogSizeBytes < 0) {
      throw new IllegalArgumentException("maxLogSizeBytes is negative: " + maxLogSizeBytes);
    }
  }

  /** No bounds at all. */
  public static BuildOptions unbounded() {
    return UNBOUNDED;
  }

  /** The same with this bound on silence. */
  public BuildOptions withMaxSilentTime(Duration bound) {
    return new BuildOptions(bound, timeout, maxLogSizeBytes, isFailureKept);
  }

  /** The same with this bound on the whole build. */
  public BuildOptions withTimeout(Duration bound) {
    return new BuildOptions(maxSilentTime, bound, maxLogSizeBytes, isFailureKept);
  }

  /** The same with this bound on the log. */
  public BuildOptions withMaxLogSizeBytes(long bound) {
    return new BuildOptions(maxSilentTime, timeout, bound, isFailureKept);
  }

  /** The same, with the directory of a failed build kept. */
  public BuildOptions keepingFailed() {
    return new BuildOptions(maxSilentTime, timeout, maxLogSizeBytes, true);
  }

  private static void check(Duration duration, String name) {
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be between zero and " + LONGEST.toSeconds() + " s: " + duration);
    }
  }
}
