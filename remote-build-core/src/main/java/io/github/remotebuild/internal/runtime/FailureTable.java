package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.transport.TransportProblem;

/**
 * What everything that can go wrong below means for a build: the kind, whose fault it is, and what
 * to do next.
 *
 * <p>The one place where this is decided; {@code docs/failures.md} shows it, and a test compares
 * the two cell by cell. Only what somebody has judged to be the derivation's own fault, or what
 * cannot get better by itself, is never to be tried again.
 */
final class FailureTable {
  /** One cell. */
  record Meaning(FailureCause cause, Culprit culprit, RetryAdvice retry) {
    /** The machine has tried, and says that it is the derivation. */
    static Meaning verdict(FailureCause cause) {
      return new Meaning(cause, Culprit.DERIVATION, RetryAdvice.NEVER);
    }

    /** It may have been the machine as well as the derivation. */
    static Meaning unclear(FailureCause cause) {
      return new Meaning(cause, Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE);
    }

    static Meaning ofMachine(FailureCause cause) {
      return new Meaning(cause, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE);
    }

    static Meaning ofHub(RetryAdvice retry) {
      return new Meaning(FailureCause.HUB_FAILED, Culprit.HUB, retry);
    }

    /** Whether nobody needs to try it again. */
    boolean isVerdict() {
      return culprit == Culprit.DERIVATION;
    }
  }

  private FailureTable() {}

  /**
   * What a machine's answer to a build means. The numbers mean the same in every version of the
   * protocol: Nix only ever adds to their end ({@code src/libstore/build-result.hh}).
   *
   * @throws IllegalArgumentException if it is a success
   */
  static Meaning ofStatus(BuildStatus status) {
    return switch (status) {
      case PERMANENT_FAILURE -> Meaning.verdict(FailureCause.BUILD_FAILED);
      case OUTPUT_REJECTED -> Meaning.verdict(FailureCause.OUTPUT_REJECTED);
      case TIMED_OUT -> Meaning.verdict(FailureCause.TIMED_OUT);
      case LOG_LIMIT_EXCEEDED -> Meaning.verdict(FailureCause.LOG_LIMIT_EXCEEDED);
      case NOT_DETERMINISTIC -> Meaning.verdict(FailureCause.NOT_DETERMINISTIC);
      case INPUT_REJECTED -> Meaning.unclear(FailureCause.INPUT_REJECTED);
      case TRANSIENT_FAILURE -> Meaning.unclear(FailureCause.TRANSIENT);
      // What that machine remembers of an earlier day may have been its own fault then.
      case CACHED_FAILURE -> Meaning.unclear(FailureCause.BUILD_FAILED);
      case DEPENDENCY_FAILED, NO_SUBSTITUTERS -> Meaning.unclear(FailureCause.INPUT_MISSING);
      case MISC_FAILURE, UNKNOWN -> Meaning.unclear(FailureCause.OTHER);
      case BUILT, SUBSTITUTED, ALREADY_VALID, RESOLVES_TO_ALREADY_VALID ->
          throw new IllegalArgumentException(status + " is no failure");
    };
  }

  /** What it means that a machine could not be reached or was lost. */
  static Meaning ofMachine(TransportProblem problem) {
    return Meaning.ofMachine(cause(problem));
  }

  /** What it means that a store process on a machine did not do its part. */
  static Meaning ofMachine(StoreProblem problem, Phase phase) {
    return switch (problem) {
      case PROGRAM_MISSING -> Meaning.ofMachine(FailureCause.PROGRAM_MISSING);
      case NOT_A_STORE, WRONG_VERSION, PROTOCOL, TOO_LARGE ->
          Meaning.ofMachine(FailureCause.PROTOCOL);
      case HASH_MISMATCH -> Meaning.ofMachine(FailureCause.HASH_MISMATCH);
      case ENDED, TRANSPORT -> Meaning.ofMachine(FailureCause.LOST);
      // One that says why it ends may speak of the derivation as well as of itself; but before it
      // has greeted it knows of no derivation.
      case REJECTED ->
          phase == Phase.HANDSHAKE
              ? Meaning.ofMachine(FailureCause.OTHER)
              : Meaning.unclear(FailureCause.OTHER);
      // We have ended it ourselves.
      case ABORTED, UNUSABLE -> Meaning.unclear(FailureCause.LOST);
    };
  }

  /** What it means that the hub could not be reached or was lost. */
  static Meaning ofHub(TransportProblem problem) {
    return switch (problem) {
      case UNREACHABLE, TIMED_OUT, PROCESS_REFUSED, LOST -> Meaning.ofHub(RetryAdvice.SAME_MACHINE);
      case HOST_KEY_UNKNOWN,
          HOST_KEY_CHANGED,
          LOGIN_REJECTED,
          IDENTITY_UNUSABLE,
          NOT_COMPATIBLE,
          MISCONFIGURED ->
          Meaning.ofHub(RetryAdvice.NEVER);
    };
  }

  /**
   * What it means that the hub's store process did not do its part. One that is gone without a word
   * says nothing about the next one.
   */
  static Meaning ofHub(StoreProblem problem) {
    return switch (problem) {
      case ENDED, TRANSPORT, ABORTED, UNUSABLE -> Meaning.ofHub(RetryAdvice.SAME_MACHINE);
      case PROGRAM_MISSING,
          NOT_A_STORE,
          WRONG_VERSION,
          PROTOCOL,
          TOO_LARGE,
          HASH_MISMATCH,
          REJECTED ->
          Meaning.ofHub(RetryAdvice.NEVER);
    };
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
}
