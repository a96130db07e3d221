package io.github.remotebuild.model;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Unmodifiable copies in natural order, whatever order the original is in. */
final class SortedCopies {
  private SortedCopies() {}

  static <K extends Comparable<? super K>, V> SortedMap<K, V> of(SortedMap<K, V> map) {
    if (map.isEmpty()) {
      return Collections.emptySortedMap();
    }
    requireValues(map);
    if (map.comparator() == null) {
      return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
    TreeMap<K, V> copy = new TreeMap<>();
    copy.putAll(map);
    return Collections.unmodifiableSortedMap(copy);
  }

  static <E extends Comparable<? super E>> SortedSet<E> of(SortedSet<E> set) {
    if (set.isEmpty()) {
      return Collections.emptySortedSet();
    }
    return Collections.unmodifiableSortedSet(
        set.comparator() == null ? new TreeSet<>(set) : new TreeSet<>((Collection<E>) set));
  }

  private static <K, V> void requireValues(SortedMap<K, V> map) {
    for (Map.Entry<K, V> entry : map.entrySet()) {
      if (entry.getValue() == null) {
        throw new NullPointerException("The value of '" + entry.getKey() + "' is null");
      }
    }
  }
}
