package io.github.remotebuild.policy;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.Arrays;
import java.util.List;

/** The states of some neighbouring machines, with what the choice needs of them side by side. */
final class StateChunk {
  /** How many machines share a chunk; a power of two, so that finding one is a shift. */
  static final int SIZE = 128;

  /** Instead of a load: not now, but perhaps later. */
  static final int LATER = -1;

  /** Instead of a load: not as things are configured. */
  static final int NEVER = -2;

  private final MachineState[] states;
  private final int[] loads;

  private StateChunk(MachineState[] states, int[] loads) {
    this.states = states;
    this.loads = loads;
  }

  static StateChunk of(Farm farm, int start, List<MachineState> all) {
    int length = Math.min(SIZE, farm.size() - start);
    MachineState[] states = new MachineState[length];
    int[] loads = new int[length];
    for (int i = 0; i < length; i++) {
      states[i] = all.get(start + i);
      loads[i] = load(farm.machine(start + i), states[i]);
    }
    return new StateChunk(states, loads);
  }

  /** The load of a machine that has a free slot, or {@link #LATER}, or {@link #NEVER}. */
  private static int load(Machine machine, MachineState state) {
    if (!machine.isEnabled() || state.availability() instanceof Availability.Disabled) {
      return NEVER;
    }
    boolean isFree =
        state.availability() instanceof Availability.Available
            && state.running() < machine.maxJobs();
    return isFree ? state.running() : LATER;
  }

  int length() {
    return loads.length;
  }

  int load(int offset) {
    return loads[offset];
  }

  MachineState state(int offset) {
    return states[offset];
  }

  StateChunk with(int offset, Machine machine, MachineState state) {
    MachineState[] newStates = Arrays.copyOf(states, states.length);
    int[] newLoads = Arrays.copyOf(loads, loads.length);
    newStates[offset] = state;
    newLoads[offset] = load(machine, state);
    return new StateChunk(newStates, newLoads);
  }
}
