package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;
import java.time.Instant;

/**
 * Something that became of an entry of the farm, by a change of the list or by order. All cases are
 * immutable.
 *
 * @since 0.1
 */
public sealed interface MachineReport {
  /** The entry as it is now, or was last. */
  Machine machine();

  /** It is on the list, and was not before. */
  record Added(Machine machine) implements MachineReport {
    /** Refuses null. */
    public Added {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * Its line says something else.
   *
   * @param before the entry as it was
   */
  record Changed(Machine before, Machine machine) implements MachineReport {
    /** Refuses null. */
    public Changed {
      requireNonNull(before, "before");
      requireNonNull(machine, "machine");
    }
  }

  /**
   * It is no longer on the list.
   *
   * @param attempts how many attempts go on there to their end
   */
  record Removed(Machine machine, int attempts) implements MachineReport {
    /** Refuses null. */
    public Removed {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * By order it takes nothing new.
   *
   * @param attempts how many attempts go on there to their end
   */
  record Draining(Machine machine, String reason, int attempts) implements MachineReport {
    /** Refuses null. */
    public Draining {
      requireNonNull(machine, "machine");
      requireNonNull(reason, "reason");
    }
  }

  /**
   * By order it is as good as not listed.
   *
   * @param attempts how many attempts go on there to their end
   */
  record Disabled(Machine machine, String reason, int attempts) implements MachineReport {
    /** Refuses null. */
    public Disabled {
      requireNonNull(machine, "machine");
      requireNonNull(reason, "reason");
    }
  }

  /** By order it takes builds again. */
  record Resumed(Machine machine) implements MachineReport {
    /** Refuses null. */
    public Resumed {
      requireNonNull(machine, "machine");
    }
  }

  /** By order it is left alone until then, with every entry of its store key. */
  record Resting(Machine machine, Instant until, String reason) implements MachineReport {
    /** Refuses null. */
    public Resting {
      requireNonNull(machine, "machine");
      requireNonNull(until, "until");
      requireNonNull(reason, "reason");
    }
  }

  /** By order its failures are forgotten, and it rests no longer. */
  record RestEnded(Machine machine) implements MachineReport {
    /** Refuses null. */
    public RestEnded {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * Nothing of ours is left there, and nothing new comes: it was removed, drained or disabled
   * before.
   */
  record Emptied(Machine machine) implements MachineReport {
    /** Refuses null. */
    public Emptied {
      requireNonNull(machine, "machine");
    }
  }
}
