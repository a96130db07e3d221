package io.github.remotebuild.lease;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A wish for one build slot of one machine. Immutable.
 *
 * @param machine the machine's entry: two entries of one host have slots of their own
 * @param storeUris how Nix has spelled the machine's store URI over time, the oldest spelling
 *     first; at least one. For lease stores that share slots with Nix
 * @param maxJobs how many slots the machine has; at least 1
 * @since 0.1
 */
public record SlotRequest(String machine, List<String> storeUris, int maxJobs) {
  /** Copies the spellings, each once, and checks the number. */
  public SlotRequest {
    requireNonNull(machine, "machine");
    storeUris = storeUris.stream().distinct().toList();
    if (storeUris.isEmpty()) {
      throw new IllegalArgumentException("A machine has at least one store URI");
    }
    if (maxJobs < 1) {
      throw new IllegalArgumentException("maxJobs must be at least 1: " + maxJobs);
    }
  }

  /** A wish for a slot of a machine whose entry is called as its store URI is. */
  public SlotRequest(String machine, int maxJobs) {
    this(machine, List.of(machine), maxJobs);
  }
}
