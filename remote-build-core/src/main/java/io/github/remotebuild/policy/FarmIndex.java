package io.github.remotebuild.policy;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.SystemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * A farm prepared for many questions. Machines with the same systems and features have one kind,
 * and a demand is compared with each kind once; large farms have few kinds.
 */
final class FarmIndex {
  private final Farm farm;
  private final Kind[] kinds;
  private final int[] kindOf;
  private final double[] speeds;

  FarmIndex(Farm farm) {
    this.farm = farm;
    this.kindOf = new int[farm.size()];
    this.speeds = new double[farm.size()];
    Map<KindKey, Integer> numbers = new HashMap<>();
    List<Kind> found = new ArrayList<>();
    for (int i = 0; i < kindOf.length; i++) {
      Machine machine = farm.machine(i);
      KindKey key =
          new KindKey(machine.systems(), machine.supportedFeatures(), machine.mandatoryFeatures());
      Integer number = numbers.get(key);
      if (number == null) {
        number = found.size();
        numbers.put(key, number);
        found.add(new Kind(key.systems(), machine.features(), key.mandatory()));
      }
      kindOf[i] = number;
      speeds[i] = machine.speedFactor();
    }
    this.kinds = found.toArray(new Kind[0]);
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

  /** For each kind, whether its systems and features fit. */
  boolean[] fittingKinds(SystemType system, Features required, Features asked) {
    boolean[] fitting = new boolean[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      fitting[i] = kinds[i].fits(system, required, asked);
    }
    return fitting;
  }

  private record KindKey(SortedSet<SystemType> systems, Features supported, Features mandatory) {}

  private record Kind(SortedSet<SystemType> systems, Features features, Features mandatory) {
    boolean fits(SystemType system, Features required, Features asked) {
      return (system.isBuiltin() || systems.contains(system))
          && features.containsAll(required)
          && asked.containsAll(mandatory);
    }
  }
}
