package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What a caller wants done when something goes wrong. Immutable.
 *
 * @param onFailure whether the rest of the request goes on after a build has failed
 * @param patience how long a build waits for a machine that could take it but is not there now;
 *     zero means it fails at once when none is left to try
 * @param attemptLimit how many attempts one build gets at most
 * @since 0.1
 */
public record RequestRules(OnFailure onFailure, Duration patience, int attemptLimit) {
  /** Whether the rest of a request goes on after a build has failed. */
  public enum OnFailure {
    /** Stop everything else of the request. */
    STOP,
    /** Build all that does not depend on the failed one. */
    KEEP_GOING
  }

  /** Checks the numbers. */
  public RequestRules {
    requireNonNull(onFailure, "onFailure");
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience must not be negative: " + patience);
    }
    if (attemptLimit < 1) {
      throw new IllegalArgumentException("attemptLimit must be at least 1: " + attemptLimit);
    }
  }

  /** Stop at the first failure, no patience, 5 attempts. */
  public static RequestRules defaults() {
    return new RequestRules(OnFailure.STOP, Duration.ZERO, 5);
  }
}
