package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;

/**
 * A machine that could take a build now. Immutable.
 *
 * @param position where in the farm the machine is, counted from 0
 * @param machine the machine
 * @param running how many builds run there now: its load; less than its max jobs
 * @since 0.1
 */
public record Candidate(int position, Machine machine, int running) {
  /** Checks that the machine is there. */
  public Candidate {
    requireNonNull(machine, "machine");
  }

  /** How many slots are free; at least 1. */
  public int freeSlots() {
    return machine.maxJobs() - running;
  }

  /** The load divided by the speed factor, not rounded. */
  public double loadPerSpeed() {
    return running / machine.speedFactor();
  }
}
