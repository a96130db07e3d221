package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/**
 * The farm at one moment: the machines in order, and what is known about each.
 *
 * <p>An edit of one machine's state shares almost everything with the snapshot it came from, so it
 * is cheap however large the farm is. An edit of a machine is not: the farm is indexed anew.
 * Immutable.
 *
 * @since 0.1
 */
public final class FarmSnapshot {
  private final FarmIndex index;
  private final StateChunk[] chunks;

  private FarmSnapshot(FarmIndex index, StateChunk[] chunks) {
    this.index = index;
    this.chunks = chunks;
  }

  /** The farm with every machine {@linkplain MachineState#idle() idle}. */
  public static FarmSnapshot of(Farm farm) {
    MachineState[] states = new MachineState[farm.size()];
    Arrays.fill(states, MachineState.idle());
    return of(farm, Arrays.asList(states));
  }

  /**
   * The farm with these states, one for each machine in order.
   *
   * @throws IllegalArgumentException if there are more or fewer states than machines
   */
  public static FarmSnapshot of(Farm farm, List<MachineState> states) {
    List<MachineState> copy = List.copyOf(states);
    if (copy.size() != farm.size()) {
      throw new IllegalArgumentException(copy.size() + " states for " + farm.size() + " machines");
    }
    StateChunk[] chunks = new StateChunk[(farm.size() + StateChunk.SIZE - 1) / StateChunk.SIZE];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = StateChunk.of(farm, i * StateChunk.SIZE, copy);
    }
    return new FarmSnapshot(new FarmIndex(farm), chunks);
  }

  /** The machines. */
  public Farm farm() {
    return index.farm();
  }

  /** How many machines there are. */
  public int size() {
    return index.farm().size();
  }

  /** The machine at {@code position}, counted from 0. */
  public Machine machine(int position) {
    return index.farm().machine(position);
  }

  /** What is known about the machine at {@code position}. */
  public MachineState state(int position) {
    checkPosition(position);
    return chunks[position / StateChunk.SIZE].state(position % StateChunk.SIZE);
  }

  /** What is known about each machine, in order; unmodifiable. */
  public List<MachineState> states() {
    return new AbstractList<>() {
      @Override
      public MachineState get(int position) {
        return state(position);
      }

      @Override
      public int size() {
        return FarmSnapshot.this.size();
      }
    };
  }

  /** This snapshot with another state of the machine at {@code position}. */
  public FarmSnapshot with(int position, MachineState state) {
    checkPosition(position);
    requireNonNull(state, "state");
    StateChunk[] edited = chunks.clone();
    int chunk = position / StateChunk.SIZE;
    edited[chunk] = edited[chunk].with(position % StateChunk.SIZE, machine(position), state);
    return new FarmSnapshot(index, edited);
  }

  /** This snapshot with {@code machine} in the place of the one at {@code position}. */
  public FarmSnapshot withMachine(int position, Machine machine) {
    return of(farm().with(position, machine), states());
  }

  /** This snapshot with one more machine at the end, idle. */
  public FarmSnapshot withMachine(Machine machine) {
    MachineState[] more = Arrays.copyOf(states().toArray(new MachineState[0]), size() + 1);
    more[size()] = MachineState.idle();
    return of(farm().with(machine), Arrays.asList(more));
  }

  private void checkPosition(int position) {
    if (position < 0 || position >= size()) {
      throw new IndexOutOfBoundsException("position " + position + " of " + size() + " machines");
    }
  }

  FarmIndex index() {
    return index;
  }

  StateChunk chunk(int number) {
    return chunks[number];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FarmSnapshot that
        && farm().equals(that.farm())
        && states().equals(that.states());
  }

  @Override
  public int hashCode() {
    return 31 * farm().hashCode() + states().hashCode();
  }

  /** Each machine with its load, such as {@code [a 1/4, b 0/2]}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("[");
    for (int i = 0; i < size(); i++) {
      out.append(i == 0 ? "" : ", ")
          .append(machine(i).name())
          .append(' ')
          .append(state(i).running())
          .append('/')
          .append(machine(i).maxJobs());
      if (!(state(i).availability() instanceof Availability.Available)) {
        out.append(' ').append(state(i).availability());
      }
    }
    return out.append(']').toString();
  }
}
