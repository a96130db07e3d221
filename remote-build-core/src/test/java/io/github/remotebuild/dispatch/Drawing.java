package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Locality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Draws requests. */
final class Drawing {
  private final Random random;
  private long lastBuild;

  Drawing(Random random) {
    this.random = random;
  }

  boolean chance(double part) {
    return random.nextDouble() < part;
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
}
