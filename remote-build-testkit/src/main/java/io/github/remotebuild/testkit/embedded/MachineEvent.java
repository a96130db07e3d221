package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.StorePath;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Something that an embedded machine was told, or did. All cases are immutable; the text of each is
 * a line of the {@linkplain EmbeddedMachine#story() story}.
 *
 * @since 0.1
 */
public sealed interface MachineEvent {
  /** A client has connected. */
  record Connected() implements MachineEvent {
    @Override
    public String toString() {
      return "connected";
    }
  }

  /** A fault took effect. */
  record Suffered(String what) implements MachineEvent {
    @Override
    public String toString() {
      return "FAULT: " + what;
    }
  }

  /** A program was started. */
  record Started(List<String> command) implements MachineEvent {
    /** Copies the list. */
    public Started {
      command = List.copyOf(command);
    }

    @Override
    public String toString() {
      return "started " + String.join(" ", command);
    }
  }

  /**
   * Client and server have agreed on a version.
   *
   * @param clientVersion what the client announced, as major * 256 + minor
   * @param version what is spoken
   */
  record Greeted(int clientVersion, int version) implements MachineEvent {
    @Override
    public String toString() {
      return "greeted: the client speaks " + text(clientVersion) + ", both use " + text(version);
    }

    private static String text(int version) {
      return (version >> 8) + "." + (version & 0xff);
    }
  }

  /** Command 1. */
  record QueriedValidPaths(
      SortedSet<StorePath> asked,
      SortedSet<StorePath> valid,
      boolean isLocking,
      boolean isSubstituting)
      implements MachineEvent {
    /** Copies the sets. */
    public QueriedValidPaths {
      asked = new TreeSet<>(asked);
      valid = new TreeSet<>(valid);
    }

    @Override
    public String toString() {
      return "which of "
          + asked.size()
          + " paths are valid?"
          + (isLocking ? " (lock)" : "")
          + (isSubstituting ? " (substitute)" : "")
          + " "
          + valid.size();
    }
  }

  /** Command 2. */
  record QueriedPathInfos(SortedSet<StorePath> asked, int found) implements MachineEvent {
    @Override
    public String toString() {
      return "what is known of " + asked.size() + " paths? " + found + " are valid";
    }
  }

  /** Command 7. */
  record QueriedClosure(SortedSet<StorePath> asked, int size) implements MachineEvent {
    @Override
    public String toString() {
      return "what is the closure of " + asked.size() + " paths? " + size + " paths";
    }
  }

  /** A path was added, by command 9 or 4. */
  record Added(StorePath path, long narSizeBytes) implements MachineEvent {
    @Override
    public String toString() {
      return "added " + path.baseName() + " (" + narSizeBytes + " B)";
    }
  }

  /** A path was read, by command 3 or 5. */
  record Dumped(StorePath path) implements MachineEvent {
    @Override
    public String toString() {
      return "dumped " + path.baseName();
    }
  }

  /** Command 8 has come. */
  record BuildAsked(StorePath derivation, BuildOptions options) implements MachineEvent {
    @Override
    public String toString() {
      return "building " + derivation.baseName();
    }
  }

  /** Command 8 was answered. */
  record BuildEnded(StorePath derivation, BuildStatus status, String message)
      implements MachineEvent {
    @Override
    public String toString() {
      String first = message.lines().findFirst().orElse("");
      return derivation.baseName() + ": " + status + (first.isEmpty() ? "" : ", " + first);
    }
  }

  /** The client went away while something was being built for it. */
  record BuildCancelled(StorePath derivation) implements MachineEvent {
    @Override
    public String toString() {
      return derivation.baseName() + ": cancelled, as the client hung up";
    }
  }

  /** Something was asked for that the store does not have; Nix's store process ends, too. */
  record Refused(String why) implements MachineEvent {
    @Override
    public String toString() {
      return "refused: " + why;
    }
  }

  /** The client did what the protocol does not allow. */
  record Violated(String how) implements MachineEvent {
    @Override
    public String toString() {
      return "VIOLATION: " + how;
    }
  }

  /** The connection broke, or the client hung up, in the middle of something. */
  record BrokeOff(String where) implements MachineEvent {
    @Override
    public String toString() {
      return "broke off: " + where;
    }
  }

  /** The program has ended. */
  record Exited(int status) implements MachineEvent {
    @Override
    public String toString() {
      return "ended with status " + status;
    }
  }

  /** The connection is over. */
  record Disconnected() implements MachineEvent {
    @Override
    public String toString() {
      return "disconnected";
    }
  }
}
