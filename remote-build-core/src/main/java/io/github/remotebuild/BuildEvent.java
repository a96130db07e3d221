package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import java.time.Instant;

/**
 * Something that happened to a request, or to the machines. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface BuildEvent
    permits BuildEvent.OfDerivation,
        BuildEvent.Planned,
        BuildEvent.MachineResting,
        BuildEvent.MachineNote,
        BuildEvent.Dropped,
        FarmEvent {
  /** An event of one derivation. */
  sealed interface OfDerivation extends BuildEvent {
    /** The derivation. */
    StorePath derivation();
  }

  /**
   * The hub has been asked what is there.
   *
   * @param toBuild how many derivations are to be built
   * @param alreadyValid how many of the derivations asked for have their outputs already
   */
  record Planned(int toBuild, int alreadyValid) implements BuildEvent {}

  /**
   * A derivation waits for a machine.
   *
   * @param reason why it does, for a person
   */
  record Waiting(StorePath derivation, String reason) implements OfDerivation {
    /** Refuses null. */
    public Waiting {
      requireNonNull(derivation, "derivation");
      requireNonNull(reason, "reason");
    }
  }

  /** An attempt has begun. */
  record AttemptStarted(StorePath derivation, String machine, int attempt) implements OfDerivation {
    /** Refuses null. */
    public AttemptStarted {
      requireNonNull(derivation, "derivation");
      requireNonNull(machine, "machine");
    }
  }

  /**
   * Inputs are about to be sent.
   *
   * @param paths how many store paths
   * @param narBytes the length of their NARs together
   */
  record UploadStarted(StorePath derivation, String machine, int attempt, int paths, long narBytes)
      implements OfDerivation {
    /** Refuses null. */
    public UploadStarted {
      requireNonNull(derivation, "derivation");
      requireNonNull(machine, "machine");
    }
  }

  /** The builder is about to run. */
  record BuildStarted(StorePath derivation, String machine, int attempt) implements OfDerivation {
    /** Refuses null. */
    public BuildStarted {
      requireNonNull(derivation, "derivation");
      requireNonNull(machine, "machine");
    }
  }

  /**
   * The builder has written a line.
   *
   * @param line without its end; what is not UTF-8 is replaced
   */
  record LogLine(StorePath derivation, String machine, int attempt, String line)
      implements OfDerivation {
    /** Refuses null. */
    public LogLine {
      requireNonNull(derivation, "derivation");
      requireNonNull(machine, "machine");
      requireNonNull(line, "line");
    }
  }

  /**
   * Outputs are about to be fetched.
   *
   * @param paths how many store paths
   * @param narBytes the length of their NARs together
   */
  record DownloadStarted(
      StorePath derivation, String machine, int attempt, int paths, long narBytes)
      implements OfDerivation {
    /** Refuses null. */
    public DownloadStarted {
      requireNonNull(derivation, "derivation");
      requireNonNull(machine, "machine");
    }
  }

  /** An attempt came to nothing. Whether there will be another, a later event tells. */
  record AttemptFailed(StorePath derivation, String machine, int attempt, Failure failure)
      implements OfDerivation {
    /** Refuses null. */
    public AttemptFailed {
      requireNonNull(derivation, "derivation");
      requireNonNull(machine, "machine");
      requireNonNull(failure, "failure");
    }
  }

  /** Nothing more will happen to the derivation. */
  record Finished(StorePath derivation, DerivationResult result) implements OfDerivation {
    /** Refuses null. */
    public Finished {
      requireNonNull(derivation, "derivation");
      requireNonNull(result, "result");
    }
  }

  /** A machine is left alone for a while. */
  record MachineResting(String machine, Instant until, String reason) implements BuildEvent {
    /** Refuses null. */
    public MachineResting {
      requireNonNull(machine, "machine");
      requireNonNull(until, "until");
      requireNonNull(reason, "reason");
    }
  }

  /**
   * A remark about a machine, such as text that its login shell printed.
   *
   * @param text one or more lines
   */
  record MachineNote(String machine, String text) implements BuildEvent {
    /** Refuses null. */
    public MachineNote {
      requireNonNull(machine, "machine");
      requireNonNull(text, "text");
    }
  }

  /**
   * The listener was too slow, and some log lines, or in the extreme other events, were dropped.
   *
   * @param events how many were dropped
   * @param logBytes how long the log lines among them were together
   */
  record Dropped(long events, long logBytes) implements BuildEvent {}
}
