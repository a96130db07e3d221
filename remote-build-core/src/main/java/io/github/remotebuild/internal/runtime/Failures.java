package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.BuildResult;
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
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one table from what went wrong below to what it means for a build. */
final class Failures {
  /** How Nix says that a build passed its time: {@code ...timed out after 2 seconds of silence}. */
  private static final Pattern TOO_LATE =
      Pattern.compile("timed out after (\\d{1,18}) seconds( of silence)?\\.?$");

  private Failures() {}

  /** A machine could not be reached or was lost. */
  static Failure ofMachine(Phase phase, String machine, TransportException e) {
    return new Failure(
        phase,
        cause(e.problem()),
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine),
        message(e),
        List.of());
  }

  /** A store process on a machine did not do its part. */
  static Failure ofMachine(Phase phase, String machine, StoreException e) {
    FailureCause cause =
        e.transportProblem().map(Failures::cause).orElseGet(() -> cause(e.problem()));
    // A store process that says why it ends may speak of the derivation as well as of itself.
    Culprit culprit =
        e.problem() == StoreProblem.REJECTED && phase != Phase.HANDSHAKE
            ? Culprit.UNKNOWN
            : Culprit.MACHINE;
    return new Failure(
        phase,
        cause,
        culprit,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine),
        message(e),
        e.evidence());
  }

  /** A copy between the hub and a machine stopped. */
  static Failure ofCopy(Phase phase, String machine, CopyException e) {
    boolean isSource = e.side() == CopyException.Side.SOURCE;
    boolean isHub = isSource == (phase == Phase.UPLOAD);
    return isHub ? ofHub(phase, e) : ofMachine(phase, machine, e);
  }

  /** The hub could not be reached. */
  static Failure ofHub(Phase phase, String hub, TransportException e) {
    return hub(phase, "Could not open " + hub + ": " + message(e), List.of());
  }

  /**
   * The hub's store process did not do its part. One that is gone without a word says nothing about
   * the next one.
   */
  static Failure ofHub(Phase phase, StoreException e) {
    boolean isLost = e.problem() == StoreProblem.ENDED || e.problem() == StoreProblem.TRANSPORT;
    return hub(
        phase, isLost ? RetryAdvice.SAME_MACHINE : RetryAdvice.NEVER, message(e), e.evidence());
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
        FailureCause.OTHER,
        Culprit.UNKNOWN,
        RetryAdvice.NEVER,
        Optional.empty(),
        "Could not go on: a defect in remote-build, or in the selection policy it was given: " + e,
        List.of());
  }

  /** A defect of ours: told as such, and never blamed on anybody else. */
  static Failure defect(Phase phase, String machine, Throwable e) {
    return new Failure(
        phase,
        FailureCause.OTHER,
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

  /** The machine says that the build failed. */
  static Failure ofResult(StorePath derivation, String machine, BuildResult result) {
    List<String> words =
        result.plainErrorMessage().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    String reason =
        words.isEmpty()
            ? "it said " + result.status() + " and nothing else"
            : plainReason(derivation, words.get(0));
    List<String> evidence =
        words.stream().skip(1).filter(l -> !l.startsWith("For full logs, run")).toList();
    FailureCause cause = cause(result);
    return new Failure(
        Phase.BUILD,
        cause,
        culprit(cause),
        retry(cause),
        Optional.of(machine),
        "Could not build " + derivation + " on " + machine + ": " + reason,
        evidence);
  }

  /** Nix's first words without what our own sentence says already. */
  private static String plainReason(StorePath derivation, String words) {
    Matcher late = TOO_LATE.matcher(words);
    if (late.find()) {
      return "it "
          + (late.group(2) == null ? "ran" : "printed nothing")
          + " for more than "
          + Texts.duration(Duration.ofSeconds(Long.parseLong(late.group(1))))
          + ", and was stopped";
    }
    String reason = words.startsWith("error: ") ? words.substring("error: ".length()) : words;
    if (reason.endsWith(";")) {
      reason = reason.substring(0, reason.length() - 1);
    }
    String subject = "builder for '" + derivation + "' ";
    return reason.startsWith(subject)
        ? "its builder " + reason.substring(subject.length())
        : reason;
  }

  private static FailureCause cause(BuildResult result) {
    return switch (result.status()) {
      case PERMANENT_FAILURE, CACHED_FAILURE -> FailureCause.BUILD_FAILED;
      case INPUT_REJECTED -> FailureCause.INPUT_REJECTED;
      case OUTPUT_REJECTED -> FailureCause.OUTPUT_REJECTED;
      case TRANSIENT_FAILURE -> FailureCause.TRANSIENT;
      case TIMED_OUT -> FailureCause.TIMED_OUT;
      case DEPENDENCY_FAILED, NO_SUBSTITUTERS -> FailureCause.INPUT_MISSING;
      case LOG_LIMIT_EXCEEDED -> FailureCause.LOG_LIMIT_EXCEEDED;
      case NOT_DETERMINISTIC -> FailureCause.NOT_DETERMINISTIC;
      case MISC_FAILURE, UNKNOWN, BUILT, SUBSTITUTED, ALREADY_VALID, RESOLVES_TO_ALREADY_VALID ->
          FailureCause.OTHER;
    };
  }

  private static Culprit culprit(FailureCause cause) {
    return switch (cause) {
      case BUILD_FAILED, OUTPUT_REJECTED, TIMED_OUT, LOG_LIMIT_EXCEEDED, NOT_DETERMINISTIC ->
          Culprit.DERIVATION;
      default -> Culprit.UNKNOWN;
    };
  }

  private static RetryAdvice retry(FailureCause cause) {
    return culprit(cause) == Culprit.DERIVATION ? RetryAdvice.NEVER : RetryAdvice.OTHER_MACHINE;
  }

  private static FailureCause cause(TransportProblem problem) {
    return switch (problem) {
      case UNREACHABLE -> FailureCause.UNREACHABLE;
      case TIMED_OUT -> FailureCause.TIMED_OUT;
      case HOST_KEY_UNKNOWN, HOST_KEY_CHANGED -> FailureCause.HOST_KEY_REFUSED;
      case LOGIN_REJECTED, IDENTITY_UNUSABLE -> FailureCause.LOGIN_REJECTED;
      case NOT_COMPATIBLE -> FailureCause.PROTOCOL;
      case PROCESS_REFUSED, LOST -> FailureCause.LOST;
      case MISCONFIGURED -> FailureCause.UNSUPPORTED;
    };
  }

  private static FailureCause cause(StoreProblem problem) {
    return switch (problem) {
      case PROGRAM_MISSING -> FailureCause.PROGRAM_MISSING;
      case NOT_A_STORE, WRONG_VERSION, PROTOCOL, TOO_LARGE -> FailureCause.PROTOCOL;
      case HASH_MISMATCH -> FailureCause.HASH_MISMATCH;
      case REJECTED -> FailureCause.OTHER;
      case ENDED, TRANSPORT, ABORTED, UNUSABLE -> FailureCause.LOST;
    };
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
