package io.github.remotebuild.wire;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/**
 * Something answered, or nobody did, but not a store process that we can talk to.
 *
 * @since 0.1
 */
public final class GreetingException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** The stream ended first. */
    ENDED,
    /** More came than is skipped, and no greeting in it. */
    NOISE,
    /** A greeting came, of a version that we do not speak. */
    WRONG_VERSION
  }

  private final Reason reason;
  private final String noise;

  GreetingException(Reason reason, String message, String noise) {
    super(message);
    this.reason = requireNonNull(reason, "reason");
    this.noise = requireNonNull(noise, "noise");
  }

  GreetingException(Reason reason, String message, String noise, Throwable cause) {
    super(message, cause);
    this.reason = requireNonNull(reason, "reason");
    this.noise = requireNonNull(noise, "noise");
  }

  /** Why not. */
  public Reason reason() {
    return reason;
  }

  /** What came before the greeting, or instead of it. */
  public String noise() {
    return noise;
  }
}
