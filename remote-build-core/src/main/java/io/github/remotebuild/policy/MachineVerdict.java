package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;

/**
 * One machine of the farm and what a decision says about it. Immutable.
 *
 * @param position where in the farm the machine is, counted from 0
 * @param machine the machine
 * @param verdict what is said about it
 * @since 0.1
 */
public record MachineVerdict(int position, Machine machine, Verdict verdict) {
  /** Checks that the parts are there. */
  public MachineVerdict {
    requireNonNull(machine, "machine");
    requireNonNull(verdict, "verdict");
  }

  /** Such as {@code mac-1: lacks feature kvm}. */
  @Override
  public String toString() {
    return machine.name() + ": " + verdict.text();
  }
}
