package io.github.remotebuild.lease;

import static java.util.Objects.requireNonNull;

/**
 * A wish for one build slot of one machine. Immutable.
 *
 * @param machine the machine's entry: two entries of one host have slots of their own
 * @param maxJobs how many slots the machine has; at least 1
 * @since 0.1
 */
public record SlotRequest(String machine, int maxJobs) {
  /** Checks the number. */
  public SlotRequest {
    requireNonNull(machine, "machine");
    if (maxJobs < 1) {
      throw new IllegalArgumentException("maxJobs must be at least 1: " + maxJobs);
    }
  }
}
