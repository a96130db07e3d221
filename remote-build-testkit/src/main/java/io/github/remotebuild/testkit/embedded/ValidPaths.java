package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What is valid in a store. What a valid path refers to is valid too, at every moment. */
final class ValidPaths {
  private final ReentrantLock lock = new ReentrantLock();
  private final SortedMap<StorePath, PathInfo> infos = new TreeMap<>();

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  Optional<PathInfo> info(StorePath path) {
    return locked(() -> Optional.ofNullable(infos.get(path)));
  }

  SortedSet<StorePath> paths() {
    return locked(() -> new TreeSet<>(infos.keySet()));
  }

  SortedSet<StorePath> closure(Collection<StorePath> roots) {
    return locked(
        () -> {
          requireAll(roots);
          return reachable(roots);
        });
  }

  void requireAll(Collection<StorePath> paths) {
    locked(
        () -> {
          for (StorePath path : paths) {
            if (!infos.containsKey(path)) {
              throw new EmbeddedStoreException("path '" + path + "' is not valid");
            }
          }
          return paths;
        });
  }

  /** Adds these; what they refer to is valid or among them. */
  void register(Collection<PathInfo> added) {
    locked(
        () -> {
          Set<StorePath> among = new HashSet<>();
          added.forEach(info -> among.add(info.path()));
          for (PathInfo info : added) {
            SortedSet<StorePath> others = new TreeSet<>(info.references());
            others.removeAll(among);
            requireAll(others);
          }
          added.forEach(info -> infos.put(info.path(), info));
          return among;
        });
  }

  SortedSet<StorePath> removeUnreachableFrom(Collection<StorePath> roots) {
    return locked(
        () -> {
          SortedSet<StorePath> garbage = new TreeSet<>(infos.keySet());
          garbage.removeAll(reachable(roots));
          infos.keySet().removeAll(garbage);
          return garbage;
        });
  }

  void remove(StorePath path) {
    locked(
        () -> {
          for (PathInfo info : infos.values()) {
            if (info.otherReferences().contains(path)) {
              throw new EmbeddedStoreException(
                  "cannot delete path '" + path + "' because '" + info.path() + "' refers to it");
            }
          }
          return Optional.ofNullable(infos.remove(path));
        });
  }

  private SortedSet<StorePath> reachable(Collection<StorePath> roots) {
    SortedSet<StorePath> reached = new TreeSet<>();
    Deque<StorePath> next = new ArrayDeque<>(roots);
    while (!next.isEmpty()) {
      StorePath path = next.pop();
      PathInfo info = infos.get(path);
      if (info != null && reached.add(path)) {
        next.addAll(info.references());
      }
    }
    return reached;
  }
}
