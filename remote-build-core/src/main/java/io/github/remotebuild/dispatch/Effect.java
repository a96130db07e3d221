package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Machine;
import java.time.Instant;
import java.util.List;

/**
 * Something the {@link Dispatcher} wants done. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface Effect {
  /**
   * Ask the lease store for a slot; answer with an {@link Event}.
   *
   * @param attempt names the attempt
   * @param build what is to be built; stands for those too that have joined it
   * @param machine where
   */
  record RequestLease(AttemptId attempt, BuildId build, Machine machine) implements Effect {}

  /** Give the slot back. */
  record ReleaseLease(AttemptId attempt) implements Effect {}

  /**
   * From here on, what is done for one build is done for another one too: it hears of the attempt
   * that is under way, if there is one, and of those to come, and has those behind it as well.
   *
   * @param build the one that joins, which was not attempted before
   * @param with the one that it joins, or one of those
   */
  record Joined(BuildId build, BuildId with) implements Effect {}

  /**
   * Try the build on the machine; answer with {@link Event.SlotDone} and then {@link
   * Event.AttemptSucceeded}, or with {@link Event.AttemptFailed}.
   *
   * @param attempt names the attempt
   * @param build what is to be built; stands for those too that have joined it
   * @param machine where
   * @param number 1 for the first attempt of this build
   */
  record StartAttempt(AttemptId attempt, BuildId build, Machine machine, int number)
      implements Effect {}

  /** Stop the attempt; it still answers with {@link Event.AttemptFailed} or success. */
  record StopAttempt(AttemptId attempt, String reason) implements Effect {}

  /**
   * Tell the callers that these builds wait, all for the same reason.
   *
   * @param builds at least one
   * @param reason what they wait for
   */
  record ReportWaiting(List<BuildId> builds, WaitReason reason) implements Effect {
    /** Copies the list. */
    public ReportWaiting {
      builds = List.copyOf(builds);
    }
  }

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
