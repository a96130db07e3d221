package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Closure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.store.ValidityOption;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds what the hub lacks of the closure of some paths that a machine has. */
final class MissingClosure {
  private MissingClosure() {}

  /**
   * The path infos of what is missing, references first.
   *
   * <p>Asks the hub first, level by level, so that a large closure that the hub has costs one
   * question; what the hub has is rooted there for the life of its session.
   */
  static List<PathInfo> find(Collection<StorePath> wanted, StoreSession machine, StoreSession hub) {
    Map<StorePath, PathInfo> missing = new TreeMap<>();
    Set<StorePath> asked = new HashSet<>();
    SortedSet<StorePath> frontier = new TreeSet<>(wanted);
    while (!frontier.isEmpty()) {
      asked.addAll(frontier);
      SortedSet<StorePath> lacking = new TreeSet<>(frontier);
      lacking.removeAll(hub.queryValidPaths(frontier, EnumSet.of(ValidityOption.LOCK)));
      frontier = new TreeSet<>();
      if (lacking.isEmpty()) {
        continue;
      }
      Map<StorePath, PathInfo> infos = machine.queryPathInfos(lacking);
      for (StorePath path : lacking) {
        PathInfo info = infos.get(path);
        if (info == null) {
          throw new FailedException(notThere(path, machine));
        }
        missing.put(path, info);
        for (StorePath reference : info.references()) {
          if (!asked.contains(reference)) {
            frontier.add(reference);
          }
        }
      }
    }
    return Closure.referencesFirst(missing.values());
  }

  private static Failure notThere(StorePath path, StoreSession machine) {
    return new Failure(
        Phase.DOWNLOAD,
        FailureCause.PROTOCOL,
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine.name()),
        "Could not fetch from "
            + machine.name()
            + ": it said that the build succeeded, but "
            + path
            + " is not valid there",
        machine.lastStderrLines());
  }
}
