package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The machines there are, in the order in which they were listed.
 *
 * <p>The order is the last tie-break of the selection policies. Edits return another farm.
 * Immutable.
 *
 * @param machines the machines; unmodifiable
 * @since 0.1
 */
public record Farm(List<Machine> machines) {
  private static final Farm EMPTY = new Farm(List.of());

  /** Copies the list. */
  public Farm {
    machines = List.copyOf(machines);
  }

  /** The farm of these machines. */
  public static Farm of(Machine... machines) {
    return new Farm(Arrays.asList(machines));
  }

  /** The farm of these machines, in the order of the collection. */
  public static Farm of(Collection<Machine> machines) {
    return new Farm(List.copyOf(machines));
  }

  /** The farm without machines. */
  public static Farm empty() {
    return EMPTY;
  }

  /** How many machines there are. */
  public int size() {
    return machines.size();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return machines.isEmpty();
  }

  /**
   * The machine at {@code index}, counted from 0.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Machine machine(int index) {
    return machines.get(index);
  }

  /** This farm with one more machine at the end. */
  public Farm with(Machine machine) {
    List<Machine> edited = new ArrayList<>(machines);
    edited.add(requireNonNull(machine, "machine"));
    return new Farm(edited);
  }

  /**
   * This farm with {@code machine} in the place of the one at {@code index}.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Farm with(int index, Machine machine) {
    List<Machine> edited = new ArrayList<>(machines);
    edited.set(index, requireNonNull(machine, "machine"));
    return new Farm(edited);
  }

  /**
   * This farm without the machine at {@code index}; those behind it move up.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Farm without(int index) {
    List<Machine> edited = new ArrayList<>(machines);
    edited.remove(index);
    return new Farm(edited);
  }
}
