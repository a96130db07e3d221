package io.github.remotebuild.policy;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.IntStream;

/**
 * A farm prepared for many questions. Machines with the same systems and features have one kind,
 * the local machine one of its own, and a demand is compared with each kind once; large farms have
 * few kinds. Systems and features have numbers here, so that comparing allocates nothing.
 */
final class FarmIndex {
  private static final int UNKNOWN = -1;

  private final Farm farm;
  private final Map<SystemType, Integer> systemNumbers = new HashMap<>();
  private final Map<String, Integer> featureNumbers = new HashMap<>();
  private final Kind[] kinds;
  private final int[] kindOf;
  private final double[] speeds;
  private final int[] locals;

  FarmIndex(Farm farm) {
    this.farm = farm;
    this.kindOf = new int[farm.size()];
    this.speeds = new double[farm.size()];
    Map<KindKey, Integer> kindNumbers = new HashMap<>();
    List<Kind> found = new ArrayList<>();
    for (int i = 0; i < kindOf.length; i++) {
      Machine machine = farm.machine(i);
      KindKey key =
          new KindKey(
              machine.isLocal(),
              machine.systems(),
              machine.supportedFeatures(),
              machine.mandatoryFeatures());
      Integer number = kindNumbers.get(key);
      if (number == null) {
        number = found.size();
        kindNumbers.put(key, number);
        found.add(kind(machine));
      }
      kindOf[i] = number;
      speeds[i] = machine.speedFactor();
    }
    this.kinds = found.toArray(new Kind[0]);
    this.locals = IntStream.range(0, kindOf.length).filter(this::isLocal).toArray();
  }

  private Kind kind(Machine machine) {
    int[] systems =
        machine.systems().stream()
            .mapToInt(system -> number(systemNumbers, system))
            .sorted()
            .toArray();
    return new Kind(
        machine.isLocal(),
        systems,
        numbers(machine.features()),
        numbers(machine.mandatoryFeatures()));
  }

  private int[] numbers(Features features) {
    return features.names().stream()
        .mapToInt(feature -> number(featureNumbers, feature))
        .sorted()
        .toArray();
  }

  private static <T> int number(Map<T, Integer> numbers, T name) {
    Integer number = numbers.get(name);
    if (number == null) {
      number = numbers.size();
      numbers.put(name, number);
    }
    return number;
  }

  Farm farm() {
    return farm;
  }

  double speed(int position) {
    return speeds[position];
  }

  int kind(int position) {
    return kindOf[position];
  }

  boolean hasLocal() {
    return locals.length > 0;
  }

  /** Where the entries of the local machine are. */
  int[] locals() {
    return locals;
  }

  boolean isLocal(int position) {
    return kinds[kindOf[position]].isLocal;
  }

  /** Leaves only those of the kinds whose turn it is. */
  void keep(Turn turn, boolean[] fitting) {
    for (int i = 0; i < kinds.length; i++) {
      fitting[i] &= turn.isOf(kinds[i].isLocal);
    }
  }

  /** For each kind, whether its systems and features fit. */
  boolean[] fittingKinds(SystemType system, Features required, Features asked) {
    boolean[] fitting = new boolean[kinds.length];
    int systemNumber = systemNumbers.getOrDefault(system, UNKNOWN);
    int[] requiredNumbers = knownNumbers(required);
    if (requiredNumbers.length < required.size()
        || (systemNumber == UNKNOWN && !system.isBuiltin())) {
      return fitting;
    }
    int[] askedNumbers = knownNumbers(asked);
    for (int i = 0; i < kinds.length; i++) {
      fitting[i] =
          (system.isBuiltin() || contains(kinds[i].systems, systemNumber))
              && containsAll(kinds[i].features, requiredNumbers)
              && containsAll(askedNumbers, kinds[i].mandatory);
    }
    return fitting;
  }

  /** The sorted numbers of those features that some machine has. */
  private int[] knownNumbers(Features features) {
    int[] numbers = new int[features.size()];
    int known = 0;
    for (String feature : features) {
      int number = featureNumbers.getOrDefault(feature, UNKNOWN);
      if (number != UNKNOWN) {
        numbers[known++] = number;
      }
    }
    Arrays.sort(numbers, 0, known);
    return known == numbers.length ? numbers : Arrays.copyOf(numbers, known);
  }

  private static boolean contains(int[] sorted, int wanted) {
    for (int number : sorted) {
      if (number >= wanted) {
        return number == wanted;
      }
    }
    return false;
  }

  /** Whether all of {@code wanted} is in {@code sorted}; both are sorted. */
  private static boolean containsAll(int[] sorted, int[] wanted) {
    int at = 0;
    for (int number : wanted) {
      while (at < sorted.length && sorted[at] < number) {
        at++;
      }
      if (at == sorted.length || sorted[at] != number) {
        return false;
      }
    }
    return true;
  }

  private record KindKey(
      boolean isLocal, SortedSet<SystemType> systems, Features supported, Features mandatory) {}

  /** The sorted numbers of what machines of one kind have. */
  private static final class Kind {
    private final boolean isLocal;
    private final int[] systems;
    private final int[] features;
    private final int[] mandatory;

    Kind(boolean isLocal, int[] systems, int[] features, int[] mandatory) {
      this.isLocal = isLocal;
      this.systems = systems;
      this.features = features;
      this.mandatory = mandatory;
    }
  }
}
