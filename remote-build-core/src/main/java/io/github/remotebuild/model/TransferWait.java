package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * What a transfer between the hub and a machine waits for. All cases are immutable; their text is
 * for a person.
 *
 * @since 0.1
 */
public sealed interface TransferWait {
  /**
   * Another build transfers a path to the same store, and it is not sent a second time.
   *
   * @param path the path, or one of them
   * @param derivation the build that transfers it
   */
  record ForPath(StorePath path, StorePath derivation) implements TransferWait {
    /** Refuses null. */
    public ForPath {
      requireNonNull(path, "path");
      requireNonNull(derivation, "derivation");
    }

    @Override
    public String toString() {
      return "for " + path.name() + ", which the build of " + derivation.name() + " transfers";
    }
  }

  /**
   * As much is being transferred as may be at once.
   *
   * @param bound which of the bounds is reached; called as in {@code Limits}
   */
  record ForRoom(Bound bound) implements TransferWait {
    /** Refuses null. */
    public ForRoom {
      requireNonNull(bound, "bound");
    }

    @Override
    public String toString() {
      return "for other transfers to end: " + bound.words;
    }
  }

  /** The bounds on what is transferred at once. */
  enum Bound {
    /** How many transfers there are. */
    TRANSFERS("as many run as may run at once"),
    /** How many transfers there are to and from one store. */
    TRANSFERS_PER_STORE("as many run with this machine as may run at once"),
    /** How many bytes are in flight. */
    TRANSFER_BYTES("as many bytes are in flight as may be at once"),
    /** How many bytes are in flight to and from one store. */
    TRANSFER_BYTES_PER_STORE("as many bytes are in flight with this machine as may be at once");

    private final String words;

    Bound(String words) {
      this.words = words;
    }
  }
}
