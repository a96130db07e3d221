package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A request's own word on which machines may take it.
 *
 * <p>A rule must answer the same for the same machine every time, must not block, and may be asked
 * by several threads. Rules made by {@link #only} and {@link #except} are equal if their names are.
 *
 * @since 0.1
 */
public interface MachineRule {
  /** Whether {@code machine} may take the build. */
  boolean admits(Machine machine);

  /** Why the others may not, such as {@code the request allows only a}; part of explanations. */
  String reason();

  /** Only machines with one of these {@linkplain Machine#name() names}. */
  static MachineRule only(Collection<String> names) {
    return new Only(new TreeSet<>(names));
  }

  /** No machine with one of these {@linkplain Machine#name() names}. */
  static MachineRule except(Collection<String> names) {
    return new Except(new TreeSet<>(names));
  }

  /** Only machines for which {@code predicate} holds; {@code reason} tells why not the others. */
  static MachineRule matching(String reason, Predicate<Machine> predicate) {
    return new Matching(reason, predicate);
  }

  /** See {@link MachineRule#only}. */
  record Only(SortedSet<String> names) implements MachineRule {
    /** Copies the names. */
    public Only {
      names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    @Override
    public boolean admits(Machine machine) {
      return names.contains(machine.name());
    }

    @Override
    public String reason() {
      return names.isEmpty()
          ? "the request allows no machine"
          : "the request allows only " + String.join(", ", names);
    }
  }

  /** See {@link MachineRule#except}. */
  record Except(SortedSet<String> names) implements MachineRule {
    /** Copies the names. */
    public Except {
      names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    @Override
    public boolean admits(Machine machine) {
      return !names.contains(machine.name());
    }

    @Override
    public String reason() {
      return "the request excludes it";
    }
  }

  /** See {@link MachineRule#matching}. */
  record Matching(String reason, Predicate<Machine> predicate) implements MachineRule {
    /** Checks that both are there. */
    public Matching {
      requireNonNull(reason, "reason");
      requireNonNull(predicate, "predicate");
    }

    @Override
    public boolean admits(Machine machine) {
      return predicate.test(machine);
    }
  }
}
