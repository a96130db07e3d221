package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Draws farms and requests. */
final class Drawing {
  private final Random random;
  private long lastBuild;

  Drawing(Random random) {
    this.random = random;
  }

  boolean chance(double part) {
    return random.nextDouble() < part;
  }

  Farm farm() {
    List<Machine> machines = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      // Sometimes a second entry for the host before; the speed keeps entries apart.
      boolean isSecond = i > 0 && chance(0.25);
      String uri = isSecond ? "ssh-ng://m" + (i - 1) : "ssh://m" + i;
      if (chance(0.25)) {
        uri = chance(0.8) ? "local" : "daemon";
      }
      MachineBuilder machine =
          Machine.at(uri)
              .forSystems(chance(0.8) ? "x86_64-linux" : "aarch64-linux")
              .maxJobs(chance(0.1) ? 0 : 1 + random.nextInt(3))
              .speedFactor(1 + i);
      if (chance(0.4)) {
        machine = machine.supporting("kvm");
      }
      if (chance(0.1)) {
        machine = machine.insistingOn("big");
      }
      machines.add(machine.build());
    }
    return Farm.of(machines);
  }

  Event.Submitted submission(RequestId id) {
    List<BuildSpec> builds = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      Demand demand = Demand.forSystem(chance(0.85) ? "x86_64-linux" : "aarch64-linux");
      if (chance(0.2)) {
        demand = demand.requiring("kvm");
      }
      if (chance(0.1)) {
        demand = demand.requiring("big");
      }
      if (chance(0.3)) {
        demand = demand.preferringLocal();
      }
      if (chance(0.3)) {
        demand = demand.placing(Locality.values()[random.nextInt(Locality.values().length)]);
      }
      Set<BuildId> dependencies = new TreeSet<>();
      for (BuildSpec earlier : builds) {
        if (chance(0.15)) {
          dependencies.add(earlier.build());
        }
      }
      builds.add(new BuildSpec(new BuildId(++lastBuild), demand, dependencies));
    }
    return new Event.Submitted(
        id,
        builds,
        new RequestRules(
            chance(0.3) ? OnFailure.STOP : OnFailure.KEEP_GOING,
            List.of(Duration.ZERO, Duration.ofSeconds(25), Duration.ofHours(1))
                .get(random.nextInt(3)),
            1 + random.nextInt(8)));
  }

  static String describe(Farm farm) {
    return farm.machines().stream()
        .map(
            machine ->
                machine.name()
                    + " "
                    + machine.systems()
                    + " "
                    + machine.maxJobs()
                    + " jobs, "
                    + machine.features()
                    + ", insists on "
                    + machine.mandatoryFeatures())
        .toList()
        .toString();
  }
}
