package io.github.remotebuild.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Store paths together with everything that they refer to, references first.
 *
 * <p>In this order paths can be added to a store one by one: when a path's turn comes, all that it
 * refers to is there. The order depends on the set alone, not on the order in which it was given.
 * References of a path to itself are allowed. Immutable. Neither the depth nor the number of paths
 * is limited but by memory, and all work is linear in the number of references (times a logarithm
 * for order).
 *
 * @since 0.1
 */
public final class Closure {
  private static final Closure EMPTY = new Closure(Map.of());

  private final Map<StorePath, PathInfo> infos;
  private final long narSizeBytes;

  /** Takes over {@code infos}, whose order is that of the closure. */
  private Closure(Map<StorePath, PathInfo> infos) {
    this.infos = Collections.unmodifiableMap(infos);
    long sum = 0;
    for (PathInfo info : infos.values()) {
      sum = sum > Long.MAX_VALUE - info.narSizeBytes() ? Long.MAX_VALUE : sum + info.narSizeBytes();
    }
    this.narSizeBytes = sum;
  }

  /** The closure without any path. */
  public static Closure empty() {
    return EMPTY;
  }

  /**
   * The closure that these path infos make.
   *
   * @param infos the infos in any order; of two for one path both have to be equal
   * @throws ClosureException if a reference is not among them, or if there is a circle
   */
  public static Closure of(Collection<PathInfo> infos) {
    SortedMap<StorePath, PathInfo> byPath = byPath(infos);
    SortedMap<StorePath, StorePath> missing = new TreeMap<>();
    for (PathInfo info : byPath.values()) {
      for (StorePath reference : info.references()) {
        if (!byPath.containsKey(reference)) {
          missing.putIfAbsent(reference, info.path());
        }
      }
    }
    if (!missing.isEmpty()) {
      throw ClosureException.missing(missing);
    }
    return new Closure(sort(byPath.keySet(), byPath));
  }

  /**
   * Path infos in the order of a closure, references first, although they need not make one: a
   * reference that is not among them is taken to be where they are going to already.
   *
   * @param infos the infos in any order; of two for one path both have to be equal
   * @return each info once; unmodifiable
   * @throws ClosureException if there is a circle among them
   */
  public static List<PathInfo> referencesFirst(Collection<PathInfo> infos) {
    SortedMap<StorePath, PathInfo> byPath = byPath(infos);
    return List.copyOf(sort(byPath.keySet(), byPath).values());
  }

  private static SortedMap<StorePath, PathInfo> byPath(Collection<PathInfo> infos) {
    TreeMap<StorePath, PathInfo> byPath = new TreeMap<>();
    for (PathInfo info : infos) {
      PathInfo other = byPath.putIfAbsent(info.path(), info);
      if (other != null && !other.equals(info)) {
        throw new IllegalArgumentException("There are two different infos for " + info.path());
      }
    }
    return byPath;
  }

  /** A path on the way down, and those of its references still to be looked at. */
  private static final class Frame {
    final PathInfo info;
    final Iterator<StorePath> rest;

    Frame(PathInfo info) {
      this.info = info;
      this.rest = info.references().iterator();
    }
  }

  /**
   * Everything in {@code byPath} that can be reached from {@code roots}, references first, in their
   * order; what is not in it is left out.
   */
  private static Map<StorePath, PathInfo> sort(
      Collection<StorePath> roots, Map<StorePath, PathInfo> byPath) {
    Map<StorePath, PathInfo> done = new LinkedHashMap<>();
    Set<StorePath> open = new HashSet<>();
    ArrayDeque<Frame> stack = new ArrayDeque<>();
    for (StorePath root : roots) {
      descend(byPath.get(root), done, open, stack);
      while (!stack.isEmpty()) {
        Frame top = stack.peek();
        if (top.rest.hasNext()) {
          StorePath next = top.rest.next();
          if (!next.equals(top.info.path())) {
            descend(byPath.get(next), done, open, stack);
          }
        } else {
          stack.pop();
          open.remove(top.info.path());
          done.put(top.info.path(), top.info);
        }
      }
    }
    return done;
  }

  private static void descend(
      @Nullable PathInfo info,
      Map<StorePath, PathInfo> done,
      Set<StorePath> open,
      ArrayDeque<Frame> stack) {
    if (info == null || done.containsKey(info.path())) {
      return;
    }
    if (!open.add(info.path())) {
      List<StorePath> cycle = new ArrayList<>();
      for (Frame frame : stack) {
        cycle.add(frame.info.path());
        if (frame.info.path().equals(info.path())) {
          break;
        }
      }
      Collections.reverse(cycle);
      throw ClosureException.cycle(cycle);
    }
    stack.push(new Frame(info));
  }

  /** The paths, references first; unmodifiable. */
  public Set<StorePath> paths() {
    return infos.keySet();
  }

  /** The infos, references first; unmodifiable. */
  public Collection<PathInfo> infos() {
    return infos.values();
  }

  /** What is known of {@code path}, if it is in the closure. */
  public Optional<PathInfo> info(StorePath path) {
    return Optional.ofNullable(infos.get(path));
  }

  /** Whether {@code path} is in the closure. */
  public boolean contains(StorePath path) {
    return infos.containsKey(path);
  }

  /** The number of paths. */
  public int size() {
    return infos.size();
  }

  /** Whether there are no paths. */
  public boolean isEmpty() {
    return infos.isEmpty();
  }

  /** The sum of all NAR sizes in bytes; {@link Long#MAX_VALUE} if it is larger than that. */
  public long narSizeBytes() {
    return narSizeBytes;
  }

  /**
   * The closure of {@code roots}: they and everything they refer to.
   *
   * @throws IllegalArgumentException if a root is not in this closure
   */
  public Closure reachableFrom(Collection<StorePath> roots) {
    for (StorePath root : roots) {
      if (!infos.containsKey(root)) {
        throw new IllegalArgumentException(root + " is not in the closure");
      }
    }
    Map<StorePath, PathInfo> reached = sort(roots, infos);
    return new Closure(sort(new TreeSet<>(reached.keySet()), reached));
  }

  /**
   * The infos of the paths that are not in {@code present}, references first: what has to be sent
   * to a store that has those.
   */
  public List<PathInfo> without(Collection<StorePath> present) {
    Set<StorePath> there = present instanceof Set<StorePath> set ? set : new HashSet<>(present);
    List<PathInfo> rest = new ArrayList<>();
    for (PathInfo info : infos.values()) {
      if (!there.contains(info.path())) {
        rest.add(info);
      }
    }
    return Collections.unmodifiableList(rest);
  }

  /**
   * This closure and {@code other} in one.
   *
   * @throws IllegalArgumentException if they have different infos for one path
   */
  public Closure union(Closure other) {
    List<PathInfo> all = new ArrayList<>(infos.values());
    all.addAll(other.infos.values());
    return of(all);
  }

  /** The paths that no other path in the closure refers to; ascending. */
  public List<StorePath> roots() {
    Set<StorePath> referred = new HashSet<>();
    for (PathInfo info : infos.values()) {
      for (StorePath reference : info.references()) {
        if (!reference.equals(info.path())) {
          referred.add(reference);
        }
      }
    }
    TreeSet<StorePath> roots = new TreeSet<>(infos.keySet());
    roots.removeIf(referred::contains);
    return List.copyOf(roots);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Closure that && infos.equals(that.infos);
  }

  @Override
  public int hashCode() {
    return infos.hashCode();
  }

  /** The number of paths and bytes. */
  @Override
  public String toString() {
    return infos.size() + " paths, " + narSizeBytes + " bytes";
  }
}
