package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.Decision;

/**
 * Why a build that has all its inputs is not attempted. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface WaitReason {
  /** No machine can take it now. */
  record NoMachine(Decision decision) implements WaitReason {
    /** Refuses null. */
    public NoMachine {
      requireNonNull(decision, "decision");
    }

    @Override
    public String explain() {
      return decision.explain();
    }
  }

  /**
   * The same derivation is being built for another request, on other terms.
   *
   * @param machine where
   */
  record BuiltForAnother(Machine machine) implements WaitReason {
    /** Refuses null. */
    public BuiltForAnother {
      requireNonNull(machine, "machine");
    }

    @Override
    public String explain() {
      return "it is being built for another request, with other options or for other machines, on "
          + machine.name();
    }
  }

  /** The reason in words for a person. */
  String explain();
}
