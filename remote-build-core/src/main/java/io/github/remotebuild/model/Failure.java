package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * Why something did not work: when, what, whose fault, what to do, and the original words.
 *
 * <p>Immutable.
 *
 * @param phase what was being done
 * @param cause what kind of failure it is
 * @param culprit whose fault it is, as far as is known
 * @param retry what to do next
 * @param machine the machine it happened on, by name, if on one
 * @param message one or more sentences for a person
 * @param evidence the last words of the other side, oldest first; may be empty
 * @since 0.1
 */
public record Failure(
    Phase phase,
    FailureCause cause,
    Culprit culprit,
    RetryAdvice retry,
    Optional<String> machine,
    String message,
    List<String> evidence) {
  /** Copies the evidence and refuses null. */
  public Failure {
    requireNonNull(phase, "phase");
    requireNonNull(cause, "cause");
    requireNonNull(culprit, "culprit");
    requireNonNull(retry, "retry");
    requireNonNull(machine, "machine");
    requireNonNull(message, "message");
    evidence = List.copyOf(evidence);
  }

  /** The message, followed by the evidence, each on a line of its own. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(message);
    for (String line : evidence) {
      text.append("\n    ").append(line);
    }
    return text.toString();
  }
}
