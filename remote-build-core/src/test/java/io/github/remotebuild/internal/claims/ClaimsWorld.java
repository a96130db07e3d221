package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Paths that refer to each other, and stores that have some of them. */
final class ClaimsWorld {
  private static final Hash HASH = Hash.compute(HashAlgorithm.SHA256, new byte[0]);

  /** All paths, references first. */
  private final Map<StorePath, PathInfo> infos = new LinkedHashMap<>();

  static StorePath path(int number, String name) {
    byte[] hash = new byte[20];
    hash[18] = (byte) (number >> 8);
    hash[19] = (byte) number;
    return StorePath.of(StoreDir.NIX, hash, name);
  }

  /** Adds a path of this size that refers to these. */
  StorePath add(String name, long bytes, StorePath... references) {
    StorePath path = path(infos.size() + 1, name);
    infos.put(path, PathInfo.of(path, HASH, bytes, List.of(references)));
    return path;
  }

  static ClaimsWorld draw(Random random, boolean isWithLargePaths) {
    ClaimsWorld world = new ClaimsWorld();
    int count = 3 + random.nextInt(25);
    for (int i = 0; i < count; i++) {
      List<StorePath> references = new ArrayList<>();
      for (StorePath earlier : world.infos.keySet()) {
        if (random.nextInt(count) < 4) {
          references.add(earlier);
        }
      }
      long bytes = 1 + random.nextInt(4);
      if (isWithLargePaths && random.nextInt(4) == 0) {
        bytes = 5 + random.nextInt(random.nextBoolean() ? 20 : 300);
      }
      StorePath path = path(world.infos.size() + 1, "p" + i);
      if (random.nextInt(5) == 0) {
        references.add(path);
      }
      world.infos.put(path, PathInfo.of(path, HASH, bytes, references));
    }
    return world;
  }

  List<StorePath> paths() {
    return List.copyOf(infos.keySet());
  }

  PathInfo info(StorePath path) {
    PathInfo info = infos.get(path);
    if (info == null) {
      throw new AssertionError(path + " is not of this world");
    }
    return info;
  }

  /** The infos of these, references first. */
  List<PathInfo> infos(Collection<StorePath> some) {
    Set<StorePath> wanted = new HashSet<>(some);
    return infos.values().stream().filter(info -> wanted.contains(info.path())).toList();
  }

  Set<StorePath> closure(Collection<StorePath> roots) {
    Set<StorePath> closure = new TreeSet<>();
    Deque<StorePath> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      StorePath path = open.pop();
      if (closure.add(path)) {
        open.addAll(info(path).references());
      }
    }
    return closure;
  }

  /** What one store has, and who keeps it. */
  final class Contents {
    /** What is valid, and whether it was a transfer that brought it. */
    private final Map<StorePath, Boolean> valid = new HashMap<>();

    private final Map<Object, Set<StorePath>> roots = new HashMap<>();

    boolean has(StorePath path) {
      return valid.containsKey(path);
    }

    boolean wasTransferred(StorePath path) {
      return valid.getOrDefault(path, false);
    }

    void arrive(StorePath path) {
      for (StorePath reference : info(path).otherReferences()) {
        if (!has(reference)) {
          throw new AssertionError(path + " arrived before " + reference);
        }
      }
      valid.putIfAbsent(path, true);
    }

    /** Somebody else adds the path and all behind it. */
    void addFromElsewhere(StorePath path) {
      closure(List.of(path)).forEach(each -> valid.putIfAbsent(each, false));
    }

    void root(Object session, StorePath path) {
      roots.computeIfAbsent(session, key -> new HashSet<>()).add(path);
    }

    boolean isRooted(Object session, StorePath path) {
      return has(path) && roots.getOrDefault(session, Set.of()).contains(path);
    }

    void end(Object session) {
      roots.remove(session);
    }

    void collectGarbage() {
      Set<StorePath> kept = new HashSet<>();
      roots.values().forEach(kept::addAll);
      kept.retainAll(valid.keySet());
      valid.keySet().retainAll(closure(kept));
    }
  }
}
