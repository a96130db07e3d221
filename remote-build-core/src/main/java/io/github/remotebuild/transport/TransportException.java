package io.github.remotebuild.transport;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/**
 * A machine could not be reached, or was lost.
 *
 * <p>The message says what was tried, on which machine, what was found and what to check.
 *
 * @since 0.1
 */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  private final TransportProblem problem;

  /** Makes an exception without a cause. */
  public TransportException(TransportProblem problem, String message) {
    super(message);
    this.problem = requireNonNull(problem, "problem");
  }

  /** Makes an exception with a cause. */
  public TransportException(TransportProblem problem, String message, Throwable cause) {
    super(message, cause);
    this.problem = requireNonNull(problem, "problem");
  }

  /** What went wrong. */
  public TransportProblem problem() {
    return problem;
  }
}
