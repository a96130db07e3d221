package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What whoever looks after the farm wants of a machine. All cases are immutable.
 *
 * <p>Builds that run on the machine are left alone by each of them.
 *
 * @since 0.1
 */
public sealed interface MachineOrder {
  /**
   * Take nothing new until further notice; who can be built nowhere else waits, as after a failure.
   *
   * @param reason why, for explanations
   */
  record Drain(String reason) implements MachineOrder {
    /** Refuses null. */
    public Drain {
      requireNonNull(reason, "reason");
    }
  }

  /**
   * Be as good as not listed until further notice.
   *
   * @param reason why, for explanations
   */
  record Disable(String reason) implements MachineOrder {
    /** Refuses null. */
    public Disable {
      requireNonNull(reason, "reason");
    }
  }

  /** Take builds again: ends {@link Drain} and {@link Disable}. */
  record Resume() implements MachineOrder {}

  /**
   * Be left alone, with every entry of the same store key, until then. A later one takes the place
   * of an earlier one; a completed build does not end it.
   *
   * @param until when builds may come again
   * @param reason why, for explanations
   */
  record Rest(Instant until, String reason) implements MachineOrder {
    /** Refuses null. */
    public Rest {
      requireNonNull(until, "until");
      requireNonNull(reason, "reason");
    }
  }

  /** Have every failure of the store key forgotten, and every rest of it ended. */
  record EndRest() implements MachineOrder {}
}
