package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Closure;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds what the hub lacks of the closure of some paths that a machine has. */
final class MissingClosure {
  private MissingClosure() {}

  /** What is asked, and of whom. */
  interface Questions {
    /** Which of the paths the hub has; it keeps them for the life of its session. */
    Set<StorePath> validInHub(Collection<StorePath> paths) throws InterruptedException;

    /** What the machine knows of the paths. */
    Map<StorePath, PathInfo> infosOnMachine(Collection<StorePath> paths)
        throws InterruptedException;

    /** What to throw about a path that the machine does not have. */
    FailedException notThere(StorePath path);
  }

  /**
   * The path infos of what is missing, references first.
   *
   * <p>Asks the hub first, level by level, so that a large closure that the hub has costs one
   * question; what the hub has is rooted there for the life of its session.
   */
  static List<PathInfo> find(Collection<StorePath> wanted, Questions questions)
      throws InterruptedException {
    Map<StorePath, PathInfo> missing = new TreeMap<>();
    Set<StorePath> asked = new HashSet<>();
    SortedSet<StorePath> frontier = new TreeSet<>(wanted);
    while (!frontier.isEmpty()) {
      asked.addAll(frontier);
      SortedSet<StorePath> lacking = new TreeSet<>(frontier);
      lacking.removeAll(questions.validInHub(frontier));
      frontier = new TreeSet<>();
      if (lacking.isEmpty()) {
        continue;
      }
      Map<StorePath, PathInfo> infos = questions.infosOnMachine(lacking);
      for (StorePath path : lacking) {
        PathInfo info = infos.get(path);
        if (info == null) {
          throw questions.notThere(path);
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
}
