package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns what was submitted into builds that know each other, or refuses it as a whole. */
final class RequestGraph {
  private RequestGraph() {}

  /**
   * The request with its builds linked and their chains measured.
   *
   * @throws IllegalArgumentException if a build is there twice, depends on one that is not there,
   *     or waits for itself
   */
  static Request link(Event.Submitted submitted) {
    Map<BuildId, Build> builds = new LinkedHashMap<>();
    Request request = new Request(submitted.request(), submitted.rules(), submitted.standing());
    for (BuildSpec spec : submitted.builds()) {
      Build build = new Build(spec.build(), request, spec.demand());
      if (builds.putIfAbsent(spec.build(), build) != null) {
        throw new IllegalArgumentException(spec.build() + " is there twice");
      }
    }
    Map<Build, List<Build>> dependencies = new HashMap<>();
    for (BuildSpec spec : submitted.builds()) {
      Build build = requireNonNull(builds.get(spec.build()));
      List<Build> ofBuild = new ArrayList<>();
      for (BuildId dependency : spec.dependsOn()) {
        Build needed = builds.get(dependency);
        if (needed == null) {
          throw new IllegalArgumentException(
              spec.build() + " depends on " + dependency + ", which is not in the request");
        }
        needed.dependents.add(build);
        ofBuild.add(needed);
      }
      build.missingDependencies = ofBuild.size();
      dependencies.put(build, ofBuild);
    }
    measureChains(request.id, builds.values(), dependencies);
    request.builds.addAll(builds.values());
    request.unfinished = builds.size();
    return request;
  }

  /** Sets each build's chain length, walking from those that nothing waits for. */
  private static void measureChains(
      RequestId request, Collection<Build> builds, Map<Build, List<Build>> dependencies) {
    Map<Build, Integer> openDependents = new HashMap<>();
    Deque<Build> settled = new ArrayDeque<>();
    for (Build build : builds) {
      openDependents.put(build, build.dependents.size());
      if (build.dependents.isEmpty()) {
        settled.add(build);
      }
    }
    int count = 0;
    while (!settled.isEmpty()) {
      Build build = settled.remove();
      count++;
      for (Build needed : dependencies.getOrDefault(build, List.of())) {
        needed.chainLength = Math.max(needed.chainLength, build.chainLength + 1);
        if (openDependents.merge(needed, -1, Integer::sum) == 0) {
          settled.add(needed);
        }
      }
    }
    if (count != builds.size()) {
      throw new IllegalArgumentException(request + " has builds that wait for each other");
    }
  }
}
