package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.Decision;
import java.time.Instant;

/**
 * Something the {@link Dispatcher} wants done. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface Effect {
  /** Ask the lease store for a slot; answer with an {@link Event}. */
  record RequestLease(AttemptId attempt, BuildId build, Machine machine) implements Effect {}

  /** Give the slot back. */
  record ReleaseLease(AttemptId attempt) implements Effect {}

  /**
   * Try the build on the machine; answer with {@link Event.SlotDone} and then {@link
   * Event.AttemptSucceeded}, or with {@link Event.AttemptFailed}.
   *
   * @param attempt names the attempt
   * @param build what is to be built
   * @param machine where
   * @param number 1 for the first attempt of this build
   */
  record StartAttempt(AttemptId attempt, BuildId build, Machine machine, int number)
      implements Effect {}

  /** Stop the attempt; it still answers with {@link Event.AttemptFailed} or success. */
  record StopAttempt(AttemptId attempt, String reason) implements Effect {}

  /** Tell the caller that the build waits for a machine, and why. */
  record ReportWaiting(BuildId build, Decision decision) implements Effect {}

  /** Tell the caller what became of the build. */
  record ReportEnd(BuildId build, BuildEnd end) implements Effect {}

  /** Tell the caller that nothing of the request is left to do. */
  record ReportRequestEnd(RequestId request) implements Effect {}

  /** Tell whoever listens that a machine is left alone for a while. */
  record ReportResting(Machine machine, Instant until, String reason) implements Effect {}

  /** Tell whoever listens what became of a machine. */
  record ReportMachine(MachineReport report) implements Effect {}

  /** Send {@link Event.Woken} at this time; replaces an earlier wish. */
  record WakeAt(Instant time) implements Effect {}
}
