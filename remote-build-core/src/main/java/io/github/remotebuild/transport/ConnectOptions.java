package io.github.remotebuild.transport;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/**
 * The bounds within which a connection is opened and kept, and the threads it may use. Immutable.
 *
 * @param connectTimeout how long reaching the machine may take, up to its first answer
 * @param authenticateTimeout how long agreeing on keys and logging in may take after that
 * @param keepAliveInterval how often a silent machine is asked for a sign of life
 * @param keepAliveLimit how many times it may stay silent before the connection counts as lost
 * @param threads makes whatever threads the connection needs; all of them end with it
 * @since 0.1
 */
public record ConnectOptions(
    Duration connectTimeout,
    Duration authenticateTimeout,
    Duration keepAliveInterval,
    int keepAliveLimit,
    ThreadFactory threads) {
  /** Checks that every bound is positive. */
  public ConnectOptions {
    checkPositive(connectTimeout, "connectTimeout");
    checkPositive(authenticateTimeout, "authenticateTimeout");
    checkPositive(keepAliveInterval, "keepAliveInterval");
    if (keepAliveLimit < 1) {
      throw new IllegalArgumentException("keepAliveLimit must be at least 1: " + keepAliveLimit);
    }
    requireNonNull(threads, "threads");
  }

  private static void checkPositive(Duration duration, String name) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be positive: " + duration);
    }
  }
}
