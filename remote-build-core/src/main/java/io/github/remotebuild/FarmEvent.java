package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Something that happened to the list of machines, or by order to one of them. Told to the listener
 * of a {@link RemoteBuilds}, and not to those of requests. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface FarmEvent extends BuildEvent {
  /** An event of one machine. */
  sealed interface OfMachine extends FarmEvent {
    /** The machine as its line says now, or said last. */
    Machine machine();
  }

  /** A machine is on the list, and was not before. */
  record MachineAdded(Machine machine) implements OfMachine {
    /** Refuses null. */
    public MachineAdded {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * The line of a machine says something else.
   *
   * @param before what it said until now
   */
  record MachineChanged(Machine before, Machine machine) implements OfMachine {
    /** Refuses null. */
    public MachineChanged {
      requireNonNull(before, "before");
      requireNonNull(machine, "machine");
    }
  }

  /**
   * A machine is no longer on the list; {@link MachineEmptied} follows when nothing runs there.
   *
   * @param attempts how many attempts go on there to their end
   */
  record MachineRemoved(Machine machine, int attempts) implements OfMachine {
    /** Refuses null. */
    public MachineRemoved {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * By order a machine takes nothing new; {@link MachineEmptied} follows when nothing runs there.
   *
   * @param attempts how many attempts go on there to their end
   */
  record MachineDraining(Machine machine, String reason, int attempts) implements OfMachine {
    /** Refuses null. */
    public MachineDraining {
      requireNonNull(machine, "machine");
      requireNonNull(reason, "reason");
    }
  }

  /**
   * By order a machine is as good as not listed; {@link MachineEmptied} follows when nothing runs
   * there.
   *
   * @param attempts how many attempts go on there to their end
   */
  record MachineDisabled(Machine machine, String reason, int attempts) implements OfMachine {
    /** Refuses null. */
    public MachineDisabled {
      requireNonNull(machine, "machine");
      requireNonNull(reason, "reason");
    }
  }

  /** By order a machine takes builds again. */
  record MachineResumed(Machine machine) implements OfMachine {
    /** Refuses null. */
    public MachineResumed {
      requireNonNull(machine, "machine");
    }
  }

  /** By order a machine is left alone for a while, with every line of its store. */
  record MachineResting(Machine machine, Instant until, String reason) implements OfMachine {
    /** Refuses null. */
    public MachineResting {
      requireNonNull(machine, "machine");
      requireNonNull(until, "until");
      requireNonNull(reason, "reason");
    }
  }

  /** By order a machine's failures are forgotten, and its rest is over. */
  record MachineRestEnded(Machine machine) implements OfMachine {
    /** Refuses null. */
    public MachineRestEnded {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * Nothing of ours is left on a machine that was removed, drained or disabled: it may be switched
   * off.
   */
  record MachineEmptied(Machine machine) implements OfMachine {
    /** Refuses null. */
    public MachineEmptied {
      requireNonNull(machine, "machine");
    }
  }

  /**
   * A watched machines file has been read, for the first time or because it says something else.
   *
   * @param machines how many machines it lists
   * @param warnings what is odd in it, for a person
   */
  record MachinesFileRead(Path file, int machines, List<String> warnings) implements FarmEvent {
    /** Copies the list. */
    public MachinesFileRead {
      requireNonNull(file, "file");
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * A watched machines file is gone or cannot be read; the machines stay what they were. Told once
   * for each thing that is wrong with it.
   *
   * @param problem what is wrong, for a person
   */
  record MachinesFileRefused(Path file, String problem) implements FarmEvent {
    /** Refuses null. */
    public MachinesFileRefused {
      requireNonNull(file, "file");
      requireNonNull(problem, "problem");
    }
  }
}
