package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Demand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The builds that only lack a machine, in groups that any machine treats alike.
 *
 * <p>One decision speaks for a whole group, so the cost of a decision does not grow with the number
 * of builds that wait.
 */
final class ReadyBuilds {
  /** What decides whether two builds are in one group. */
  private record Key(Demand demand, Set<Integer> triedMachines) {}

  /** Builds with the same demand that were tried on the same machines. */
  static final class Group {
    final Demand demand;
    final Set<Integer> triedMachines;
    final TreeSet<Build> builds = new TreeSet<>();

    Group(Demand demand, Set<Integer> triedMachines) {
      this.demand = demand;
      this.triedMachines = triedMachines;
    }
  }

  private final Map<Key, Group> groups = new HashMap<>();

  void add(Build build) {
    Key key = new Key(build.demand, Set.copyOf(build.triedMachines));
    groups.computeIfAbsent(key, k -> new Group(k.demand(), k.triedMachines())).builds.add(build);
  }

  void remove(Build build) {
    Key key = new Key(build.demand, Set.copyOf(build.triedMachines));
    Group group = groups.get(key);
    if (group != null && group.builds.remove(build) && group.builds.isEmpty()) {
      groups.remove(key);
    }
  }

  /** The groups, the one with the most urgent build first. */
  List<Group> byUrgency() {
    List<Group> sorted = new ArrayList<>(groups.values());
    sorted.sort((a, b) -> a.builds.first().compareTo(b.builds.first()));
    return sorted;
  }

  boolean isEmpty() {
    return groups.isEmpty();
  }
}
