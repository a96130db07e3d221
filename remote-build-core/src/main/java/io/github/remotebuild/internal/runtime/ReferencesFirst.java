package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts path infos in the order in which they can be added: references before what refers to them.
 */
final class ReferencesFirst {
  private ReferencesFirst() {}

  private record Open(PathInfo info, Iterator<StorePath> references) {}

  /** References outside the collection are taken to be there already. */
  static List<PathInfo> order(Collection<PathInfo> infos) {
    Map<StorePath, PathInfo> byPath = new TreeMap<>();
    infos.forEach(info -> byPath.put(info.path(), info));
    List<PathInfo> ordered = new ArrayList<>(byPath.size());
    Set<StorePath> seen = new HashSet<>();
    Deque<Open> open = new ArrayDeque<>();
    for (PathInfo root : byPath.values()) {
      if (!seen.add(root.path())) {
        continue;
      }
      open.push(new Open(root, root.references().iterator()));
      while (!open.isEmpty()) {
        Open top = open.element();
        if (!top.references.hasNext()) {
          ordered.add(open.pop().info);
          continue;
        }
        PathInfo next = byPath.get(top.references.next());
        if (next != null && seen.add(next.path())) {
          open.push(new Open(next, next.references().iterator()));
        }
      }
    }
    return ordered;
  }
}
