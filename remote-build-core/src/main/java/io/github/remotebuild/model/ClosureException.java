package io.github.remotebuild.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Path infos that do not make a {@link Closure}: some are missing, or they refer to each other in a
 * circle.
 *
 * @since 0.1
 */
public final class ClosureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int SHOWN = 5;

  private final transient SortedMap<StorePath, StorePath> missing;
  private final transient List<StorePath> cycle;

  private ClosureException(
      String message, SortedMap<StorePath, StorePath> missing, List<StorePath> cycle) {
    super(message);
    this.missing = missing;
    this.cycle = cycle;
  }

  static ClosureException missing(SortedMap<StorePath, StorePath> referrers) {
    StringBuilder text = new StringBuilder("Could not make a closure: nothing is known of ");
    int shown = 0;
    for (var entry : referrers.entrySet()) {
      if (shown == SHOWN) {
        text.append(" and ").append(referrers.size() - shown).append(" more");
        break;
      }
      text.append(shown++ == 0 ? "" : ", ");
      text.append(entry.getKey()).append(" (referred to by ").append(entry.getValue()).append(')');
    }
    return new ClosureException(
        text.toString(), Collections.unmodifiableSortedMap(new TreeMap<>(referrers)), List.of());
  }

  static ClosureException cycle(List<StorePath> cycle) {
    StringBuilder text = new StringBuilder("Could not make a closure: there is a circle, ");
    for (int i = 0; i < Math.min(cycle.size(), SHOWN); i++) {
      text.append(cycle.get(i)).append(" refers to ");
    }
    if (cycle.size() > SHOWN) {
      text.append("(").append(cycle.size() - SHOWN).append(" more) refers to ");
    }
    text.append(cycle.get(0));
    return new ClosureException(text.toString(), Collections.emptySortedMap(), List.copyOf(cycle));
  }

  /** Every path that is referred to but not there, with one that refers to it; maybe empty. */
  public SortedMap<StorePath, StorePath> missing() {
    return missing;
  }

  /** Paths of which each refers to the next and the last to the first; maybe empty. */
  public List<StorePath> cycle() {
    return cycle;
  }
}
