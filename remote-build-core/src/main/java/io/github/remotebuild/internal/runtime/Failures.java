package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ClosureException;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.CopyException;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.transport.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Puts into words what went wrong; what it means is said by {@link FailureTable}. */
final class Failures {
  private Failures() {}

  /** A machine could not be reached or was lost. */
  static Failure ofMachine(Phase phase, String machine, TransportException e) {
    return failure(
        phase, FailureTable.ofMachine(e.problem()), Optional.of(machine), message(e), List.of());
  }

  /** A store process on a machine did not do its part. */
  static Failure ofMachine(Phase phase, String machine, StoreException e) {
    FailureTable.Meaning meaning =
        e.transportProblem()
            .map(FailureTable::ofMachine)
            .orElseGet(() -> FailureTable.ofMachine(e.problem(), phase));
    if (e.problem() == StoreProblem.REJECTED && BuildWords.isDiskFull(message(e))) {
      // What did not fit there may fit elsewhere, or nowhere.
      meaning = FailureTable.Meaning.unclear(FailureCause.RESOURCES_EXHAUSTED);
    }
    return failure(phase, meaning, Optional.of(machine), message(e), e.evidence());
  }

  /** A copy between the hub and a machine stopped. */
  static Failure ofCopy(Phase phase, String machine, CopyException e) {
    boolean isSource = e.side() == CopyException.Side.SOURCE;
    boolean isHub = isSource == (phase == Phase.UPLOAD);
    return isHub ? ofHub(phase, e) : ofMachine(phase, machine, e);
  }

  /** The hub could not be reached. */
  static Failure ofHub(Phase phase, String hub, TransportException e) {
    return failure(
        phase,
        FailureTable.ofHub(e.problem()),
        Optional.empty(),
        "Could not open " + hub + ": " + message(e),
        List.of());
  }

  /** The hub's store process did not do its part. */
  static Failure ofHub(Phase phase, StoreException e) {
    return failure(
        phase, FailureTable.ofHub(e.problem()), Optional.empty(), message(e), e.evidence());
  }

  /** The hub took too long for all that planning needs. */
  static Failure planTimedOut(Duration limit, List<String> evidence) {
    return hub(
        Phase.PLAN,
        RetryAdvice.SAME_MACHINE,
        "Could not plan the request: it took more than " + Texts.duration(limit),
        evidence);
  }

  /** The hub took too long. */
  static Failure hubTimedOut(Phase phase, String hub, String what, Duration limit) {
    return hub(
        phase,
        RetryAdvice.SAME_MACHINE,
        "Could not " + what + " on " + hub + ": no answer for " + Texts.duration(limit),
        List.of());
  }

  /** By what the hub says of inputs, or the machine of outputs, no order of sending is right. */
  static Failure ofCircle(Phase phase, String machine, ClosureException e) {
    String circle =
        e.cycle().get(0) + " refers to itself through " + (e.cycle().size() - 1) + " other paths";
    if (phase != Phase.DOWNLOAD) {
      return hub(phase, "Could not send the inputs: the hub says that " + circle, List.of());
    }
    return new Failure(
        phase,
        FailureCause.PROTOCOL,
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine),
        "Could not fetch from " + machine + ": it says that " + circle,
        List.of());
  }

  /** What the hub is to build with is not in the hub. */
  static Failure inputNotInHub(StorePath path, StorePath derivation, String hub) {
    return hub(
        Phase.QUERY,
        "Could not build " + derivation + ": its input " + path + " is not valid in " + hub,
        List.of());
  }

  static Failure hub(Phase phase, String message, List<String> evidence) {
    return hub(phase, RetryAdvice.NEVER, message, evidence);
  }

  private static Failure hub(
      Phase phase, RetryAdvice retry, String message, List<String> evidence) {
    return new Failure(
        phase, FailureCause.HUB_FAILED, Culprit.HUB, retry, Optional.empty(), message, evidence);
  }

  /** A machine that says it has built does not have the output. */
  static Failure outputNotThere(StorePath path, String machine, List<String> evidence) {
    return new Failure(
        Phase.DOWNLOAD,
        FailureCause.PROTOCOL,
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine),
        "Could not fetch from "
            + machine
            + ": it said that the build succeeded, but "
            + path
            + " is not valid there",
        evidence);
  }

  /** A phase took too long. */
  static Failure timedOut(Phase phase, String machine, Duration limit, List<String> evidence) {
    return new Failure(
        phase,
        FailureCause.TIMED_OUT,
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine),
        "Could not go on on "
            + machine
            + ": "
            + phase.doing()
            + " made no progress for "
            + Texts.duration(limit),
        evidence);
  }

  /** The build took longer than the request allows, and the machine did not stop it by itself. */
  static Failure buildTimedOut(StorePath derivation, String machine, String which, Duration limit) {
    return new Failure(
        Phase.BUILD,
        FailureCause.TIMED_OUT,
        Culprit.DERIVATION,
        RetryAdvice.NEVER,
        Optional.of(machine),
        "Could not build "
            + derivation
            + " on "
            + machine
            + ": it "
            + which
            + " for more than "
            + Texts.duration(limit)
            + ", and was stopped",
        List.of());
  }

  /** Somebody interrupted the thread, and not we. */
  static Failure interrupted(Phase phase, String machine) {
    return new Failure(
        phase,
        FailureCause.OTHER,
        Culprit.UNKNOWN,
        RetryAdvice.SAME_MACHINE,
        Optional.of(machine),
        "Could not go on on "
            + machine
            + ": the thread was interrupted while "
            + phase.doing()
            + "; check who interrupts threads of the factory that was given",
        List.of());
  }

  /** The attempt was stopped from outside. The outcome of the build says why, in its own words. */
  static Failure stopped(Phase phase, String machine, String reason) {
    return new Failure(
        phase,
        FailureCause.OTHER,
        Culprit.REQUEST,
        RetryAdvice.NEVER,
        Optional.of(machine),
        "Stopped while " + phase.doing() + " on " + machine + ": " + reason,
        List.of());
  }

  static FailedException closing(Phase phase) {
    return new FailedException(
        new Failure(
            phase,
            FailureCause.OTHER,
            Culprit.REQUEST,
            RetryAdvice.NEVER,
            Optional.empty(),
            "Could not go on: everything is being closed",
            List.of()));
  }

  /** There was no thread for an attempt. */
  static Failure noThread(String machine, Throwable e) {
    return new Failure(
        Phase.CONNECT,
        FailureCause.OTHER,
        Culprit.UNKNOWN,
        RetryAdvice.SAME_MACHINE,
        Optional.of(machine),
        "Could not begin on "
            + machine
            + ": no thread could be started: "
            + e
            + "; check the limits on threads and memory",
        List.of());
  }

  /** The dispatcher, or what the caller gave it, threw. */
  static Failure dispatcherDefect(Throwable e) {
    return new Failure(
        Phase.WAIT,
        FailureCause.DEFECT,
        Culprit.UNKNOWN,
        RetryAdvice.SAME_MACHINE,
        Optional.empty(),
        "Could not go on: a defect in remote-build, or in the selection policy it was given: " + e,
        List.of());
  }

  /** A defect of ours: told as such, and never blamed on anybody else. */
  static Failure defect(Phase phase, String machine, Throwable e) {
    return new Failure(
        phase,
        FailureCause.DEFECT,
        Culprit.UNKNOWN,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine),
        "Could not go on on "
            + machine
            + ": a defect in remote-build while "
            + phase.doing()
            + ": "
            + e,
        List.of());
  }

  /**
   * The machine says that the build failed.
   *
   * @param log the last lines of the builder's log, oldest first, as far as they are known
   */
  static Failure ofResult(
      StorePath derivation, String machine, BuildResult result, List<String> log) {
    BuildWords words = new BuildWords(derivation, result, log);
    String reason =
        words.reason().isEmpty()
            ? "it said " + statusText(result) + " and nothing else"
            : words.reason();
    return failure(
        Phase.BUILD,
        words.refine(FailureTable.ofStatus(result.status())),
        Optional.of(machine),
        "Could not build " + derivation + " on " + machine + ": " + reason,
        words.evidence());
  }

  private static String statusText(BuildResult result) {
    return result.status() == BuildStatus.UNKNOWN
        ? "status " + Long.toUnsignedString(result.statusNumber()) + ", which is unknown,"
        : result.status().toString();
  }

  private static Failure failure(
      Phase phase,
      FailureTable.Meaning meaning,
      Optional<String> machine,
      String message,
      List<String> evidence) {
    return new Failure(
        phase, meaning.cause(), meaning.culprit(), meaning.retry(), machine, message, evidence);
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
