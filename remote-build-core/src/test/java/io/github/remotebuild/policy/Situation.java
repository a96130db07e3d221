package io.github.remotebuild.policy;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.LocalPreference;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A demand and a farm to ask a policy about, and a seed for whatever a law makes up besides. */
record Situation(Demand demand, FarmSnapshot snapshot, long seed) {
  private static final Instant LATER = Instant.parse("2026-11-22T10:00:00Z");
  private static final List<String> SYSTEMS = List.of("x86_64-linux", "i686-linux", "builtin");
  private static final List<String> FEATURES = List.of("kvm", "big", "local");
  private static final List<String> LOCALS = List.of("local", "auto", "daemon");
  private static final double[] SPEEDS = {0.5, 1, 1, 1, 2, 2, 2.5, 4};

  /** A small farm in which collisions are likely, so that ties and near misses occur often. */
  static Situation random(Random random) {
    int size = random.nextInt(7);
    List<Machine> machines = new ArrayList<>();
    List<MachineState> states = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      boolean isLocal = random.nextInt(5) == 0;
      machines.add(machine(isLocal ? LOCALS.get(random.nextInt(3)) : "m" + i, random));
      states.add(state(random));
    }
    return new Situation(
        demand(random), FarmSnapshot.of(Farm.of(machines), states), random.nextLong());
  }

  static Machine machine(String name, Random random) {
    MachineBuilder builder =
        Machine.at(name)
            .forSystems(SYSTEMS.get(random.nextInt(4) / 3))
            .maxJobs(random.nextInt(8))
            .speedFactor(SPEEDS[random.nextInt(SPEEDS.length)]);
    for (String feature : FEATURES) {
      int dice = random.nextInt(8);
      builder = dice < 4 ? builder.supporting(feature) : builder;
      builder = dice == 7 ? builder.insistingOn(feature) : builder;
    }
    return builder.build();
  }

  private static MachineState state(Random random) {
    MachineState state = MachineState.running(random.nextInt(6));
    return switch (random.nextInt(14)) {
      case 0 -> state.restingUntil(LATER, "it failed");
      case 1 -> state.draining("it leaves");
      case 2 -> state.heldBy("others");
      case 3 -> state.disabled("it is broken");
      default -> state;
    };
  }

  private static Demand demand(Random random) {
    Demand demand = Demand.forSystem(SYSTEMS.get(random.nextInt(12) / 5));
    for (String feature : FEATURES) {
      demand = random.nextInt(5) == 0 ? demand.requiring(feature) : demand;
    }
    demand = random.nextInt(4) == 0 ? demand.preferringLocal() : demand;
    demand =
        random.nextInt(3) == 0
            ? demand.placing(Locality.values()[random.nextInt(Locality.values().length)])
            : demand;
    demand = random.nextInt(5) == 0 ? demand.refusing("m" + random.nextInt(4)) : demand;
    return random.nextInt(12) == 0 ? demand.usingOnly("m0", "m1") : demand;
  }

  boolean isLocalPreferred() {
    return demand.localPreference() == LocalPreference.PREFERS_LOCAL;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("demand ").append(demand).append(' ');
    out.append(demand.localPreference()).append(' ').append(demand.locality()).append(' ');
    out.append(demand.rules());
    for (int i = 0; i < snapshot.size(); i++) {
      Machine machine = snapshot.machine(i);
      out.append("\n  ").append(machine.name()).append(' ').append(machine.systems());
      out.append(" jobs ").append(machine.maxJobs()).append(" speed ");
      out.append(machine.speedFactor()).append(" has ").append(machine.supportedFeatures());
      out.append(" insists on ").append(machine.mandatoryFeatures()).append(' ');
      out.append(snapshot.state(i));
    }
    return out.append("\n  seed ").append(seed).toString();
  }
}
