package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Failure;
import java.util.List;

/**
 * Something that happened and that the {@link Dispatcher} must know of. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface Event {
  /**
   * Derivations are to be built.
   *
   * @param request names them together
   * @param builds the derivations; those that one depends on are among them
   * @param rules what the caller wants done when something goes wrong
   */
  record Submitted(RequestId request, List<BuildSpec> builds, RequestRules rules) implements Event {
    /** Copies the list. */
    public Submitted {
      requireNonNull(request, "request");
      requireNonNull(rules, "rules");
      builds = List.copyOf(builds);
    }
  }

  /** The slot asked for with {@link Effect.RequestLease} is ours. */
  record LeaseGranted(AttemptId attempt) implements Event {}

  /** The slot asked for is not to be had now. */
  record LeaseRefused(AttemptId attempt, String reason) implements Event {}

  /** A slot is ours no longer. */
  record LeaseLost(AttemptId attempt, String reason) implements Event {}

  /** The machine has built; only fetching is left, and the slot is no longer needed. */
  record SlotDone(AttemptId attempt) implements Event {}

  /** The outputs are in the hub. */
  record AttemptSucceeded(AttemptId attempt) implements Event {}

  /** The attempt is over without result, and nothing of it is left running here. */
  record AttemptFailed(AttemptId attempt, Failure failure) implements Event {
    /** Refuses null. */
    public AttemptFailed {
      requireNonNull(attempt, "attempt");
      requireNonNull(failure, "failure");
    }
  }

  /** The caller no longer wants the request. */
  record RequestCancelled(RequestId request, String reason) implements Event {}

  /** The time asked for with {@link Effect.WakeAt} has come. */
  record Woken() implements Event {}
}
