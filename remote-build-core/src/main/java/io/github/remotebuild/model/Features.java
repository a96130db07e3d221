package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A set of system features, such as {@code kvm} and {@code big-parallel}, sorted by name.
 *
 * <p>A name is one word: not empty, at most {@value #NAME_LIMIT_CHARS} characters, without blanks
 * and control characters. Names are compared as they stand. Immutable; asking whether a name is in
 * takes constant time.
 *
 * @since 0.1
 */
public final class Features implements Iterable<String> {
  /** The longest name that is accepted, in characters; longer text is no feature. */
  public static final int NAME_LIMIT_CHARS = 255;

  private static final Features NONE = new Features(new TreeSet<>());

  private final SortedSet<String> sorted;
  private final Set<String> hashed;

  private Features(SortedSet<String> names) {
    this.sorted = Collections.unmodifiableSortedSet(names);
    this.hashed = Set.copyOf(names);
  }

  /** The empty set. */
  public static Features none() {
    return NONE;
  }

  /**
   * The set of these names; a name given twice counts once.
   *
   * @throws IllegalArgumentException if one of them is no feature name
   */
  public static Features of(String... names) {
    return of(Arrays.asList(names));
  }

  /**
   * The set of these names; a name given twice counts once.
   *
   * @throws IllegalArgumentException if one of them is no feature name
   */
  public static Features of(Collection<String> names) {
    TreeSet<String> sorted = new TreeSet<>();
    for (String name : names) {
      if (!isFeature(requireNonNull(name, "name"))) {
        throw new IllegalArgumentException("'" + name + "' is no feature");
      }
      sorted.add(name);
    }
    return sorted.isEmpty() ? NONE : new Features(sorted);
  }

  /**
   * Reads names with commas between them, as in a machines file; empty names are skipped, as Nix
   * does.
   *
   * @throws FormatException if one of them is no feature name
   */
  public static Features parse(String text) {
    List<String> names = Stream.of(text.split(",", -1)).filter(name -> !name.isEmpty()).toList();
    for (String name : names) {
      if (!isFeature(name)) {
        throw new FormatException(
            "features", "", "names with commas between them", "'" + text + "'");
      }
    }
    return of(names);
  }

  private static boolean isFeature(String name) {
    return Words.isWord(name, NAME_LIMIT_CHARS);
  }

  /** Whether {@code name} is one of these features. */
  public boolean contains(String name) {
    return hashed.contains(name);
  }

  /** Whether each of {@code others} is one of these features. */
  public boolean containsAll(Features others) {
    return hashed.containsAll(others.hashed);
  }

  /** These and {@code others} together. */
  public Features plus(Features others) {
    if (others.isEmpty() || containsAll(others)) {
      return this;
    }
    TreeSet<String> union = new TreeSet<>(sorted);
    union.addAll(others.sorted);
    return new Features(union);
  }

  /** Those of these features that are not in {@code others}. */
  public Features minus(Features others) {
    TreeSet<String> rest = new TreeSet<>(sorted);
    rest.removeAll(others.hashed);
    return rest.isEmpty() ? NONE : new Features(rest);
  }

  /** The names, sorted and unmodifiable. */
  public SortedSet<String> names() {
    return sorted;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return sorted.isEmpty();
  }

  /** How many there are. */
  public int size() {
    return sorted.size();
  }

  /** The names in sorted order; the iterator cannot remove. */
  @Override
  public Iterator<String> iterator() {
    return sorted.iterator();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Features that && hashed.equals(that.hashed);
  }

  @Override
  public int hashCode() {
    return hashed.hashCode();
  }

  /** The names with commas between them, as in a machines file; empty if there are none. */
  @Override
  public String toString() {
    return String.join(",", sorted);
  }
}
