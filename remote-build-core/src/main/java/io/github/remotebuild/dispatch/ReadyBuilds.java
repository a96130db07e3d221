package io.github.remotebuild.dispatch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The builds that only lack a machine, in groups that any machine treats alike.
 *
 * <p>A group is open while it must be decided anew. Groups are found by their most urgent build,
 * which is what orders them.
 */
final class ReadyBuilds {
  private final Map<WaitingGroup.Key, WaitingGroup> groups = new HashMap<>();
  private final TreeMap<Build, WaitingGroup> byMostUrgent = new TreeMap<>();
  private final Set<WaitingGroup> open = new HashSet<>();

  /** Adds a build to its group, which must then be decided. */
  void add(Build build, Instant now) {
    if (build.group != null) {
      throw new IllegalStateException(build.id + " waits already");
    }
    build.readySince = now;
    WaitingGroup group =
        groups.computeIfAbsent(WaitingGroup.Key.of(build), key -> new WaitingGroup(key));
    if (!group.isEmpty()) {
      byMostUrgent.remove(group.mostUrgent());
    }
    build.group = group;
    group.add(build);
    byMostUrgent.put(group.mostUrgent(), group);
    open.add(group);
  }

  /** Removes a build from the group it is in, if it is in one. */
  void remove(Build build) {
    WaitingGroup group = build.group;
    if (group == null) {
      return;
    }
    byMostUrgent.remove(group.mostUrgent());
    group.remove(build);
    build.group = null;
    if (group.isEmpty()) {
      groups.remove(group.key);
      open.remove(group);
    } else {
      byMostUrgent.put(group.mostUrgent(), group);
    }
  }

  boolean isAnyOpen() {
    return !open.isEmpty();
  }

  boolean isOpen(WaitingGroup group) {
    return open.contains(group);
  }

  void open(WaitingGroup group) {
    if (!group.isEmpty()) {
      open.add(group);
    }
  }

  void close(WaitingGroup group) {
    open.remove(group);
  }

  /** The next less urgent group, or null; the most urgent one after null. */
  @Nullable WaitingGroup after(@Nullable Build build) {
    Map.Entry<Build, WaitingGroup> next =
        build == null ? byMostUrgent.firstEntry() : byMostUrgent.higherEntry(build);
    return next == null ? null : next.getValue();
  }

  /** All groups, the one with the most urgent build first. */
  List<WaitingGroup> byUrgency() {
    return new ArrayList<>(byMostUrgent.values());
  }
}
