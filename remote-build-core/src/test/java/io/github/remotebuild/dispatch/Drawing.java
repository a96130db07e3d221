package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Locality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Draws requests. */
final class Drawing {
  /** How many derivations are asked for again and again. */
  private static final int POPULAR = 5;

  private final Random random;
  private final Map<Long, Demand> demands = new HashMap<>();
  private final Map<RequestId, List<BuildId>> drawn = new HashMap<>();
  private long lastBuild;

  Drawing(Random random) {
    this.random = random;
  }

  boolean chance(double part) {
    return random.nextDouble() < part;
  }

  Event.Submitted submission(RequestId id, boolean isOpen) {
    return new Event.Submitted(
        id,
        builds(id, isOpen ? random.nextInt(6) : 1 + random.nextInt(12)),
        new RequestRules(
            chance(0.3) ? OnFailure.STOP : OnFailure.KEEP_GOING,
            List.of(Duration.ZERO, Duration.ofSeconds(25), Duration.ofHours(1))
                .get(random.nextInt(3)),
            1 + random.nextInt(8)),
        new Standing(chance(0.5) ? "ci" : "editor", chance(0.2) ? random.nextInt(3) : 0),
        isOpen);
  }

  Event.Grown growth(RequestId id) {
    return new Event.Grown(id, builds(id, random.nextInt(5)));
  }

  private List<BuildSpec> builds(RequestId request, int count) {
    List<BuildId> earlier = drawn.computeIfAbsent(request, id -> new ArrayList<>());
    List<BuildSpec> builds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BuildId build = new BuildId(++lastBuild);
      boolean isPopular = chance(0.5);
      long derivation = isPopular ? random.nextInt(POPULAR) : 1_000 + lastBuild;
      Demand demand = demand();
      if (chance(0.8)) {
        demand = demands.computeIfAbsent(derivation, d -> demand());
      }
      Set<BuildId> dependencies = new TreeSet<>();
      for (BuildId other : earlier) {
        if (chance(isPopular ? 0.05 : 0.15)) {
          dependencies.add(other);
        }
      }
      earlier.add(build);
      builds.add(new BuildSpec(build, wanted(derivation), demand, dependencies));
    }
    return builds;
  }

  private Demand demand() {
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
    return demand;
  }

  private Wanted wanted(long derivation) {
    Set<String> outputs = new TreeSet<>();
    outputs.add(chance(0.7) ? "out" : "dev");
    if (chance(0.2)) {
      outputs.add("doc");
    }
    BuildOptions options = BuildOptions.unbounded();
    return new Wanted(
        ScriptedRun.derivation(derivation),
        outputs,
        chance(0.15) ? options.keepingFailed() : options);
  }
}
