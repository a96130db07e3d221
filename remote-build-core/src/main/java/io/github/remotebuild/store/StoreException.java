package io.github.remotebuild.store;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.List;
import java.util.Optional;

/**
 * A store process could not do what it was asked for.
 *
 * <p>The message says what was tried, on which machine, why it failed and what to check. The
 * evidence is what the store process last wrote to its standard error, in its own words.
 *
 * @since 0.1
 */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final StoreProblem problem;
  private final String sessionName;

  @SuppressWarnings("serial") // An immutable list of text can be serialized.
  private final List<String> evidence;

  /**
   * Makes an exception without a cause.
   *
   * @param problem what went wrong
   * @param sessionName the name of the session it happened on
   * @param message the whole message
   * @param evidence the last lines of standard error, without terminal escapes
   */
  public StoreException(
      StoreProblem problem, String sessionName, String message, List<String> evidence) {
    super(message);
    this.problem = requireNonNull(problem, "problem");
    this.sessionName = requireNonNull(sessionName, "sessionName");
    this.evidence = List.copyOf(evidence);
  }

  /** Makes an exception with a cause. */
  public StoreException(
      StoreProblem problem,
      String sessionName,
      String message,
      List<String> evidence,
      Throwable cause) {
    super(message, cause);
    this.problem = requireNonNull(problem, "problem");
    this.sessionName = requireNonNull(sessionName, "sessionName");
    this.evidence = List.copyOf(evidence);
  }

  /** What went wrong. */
  public StoreProblem problem() {
    return problem;
  }

  /** The name of the session it happened on. */
  public String sessionName() {
    return sessionName;
  }

  /** The last lines of the store process's standard error, oldest first; may be empty. */
  public List<String> evidence() {
    return evidence;
  }

  /** What the transport says, if the problem lies there. */
  public Optional<TransportProblem> transportProblem() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof TransportException transport) {
        return Optional.of(transport.problem());
      }
    }
    return Optional.empty();
  }
}
