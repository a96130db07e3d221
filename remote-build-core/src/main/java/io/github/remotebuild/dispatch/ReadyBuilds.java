package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The builds that only lack a machine, in groups that any machine treats alike, and within each in
 * a line for each caller.
 *
 * <p>A group is open while it must be decided anew.
 */
final class ReadyBuilds {
  private final Callers callers;
  private final Map<WaitingGroup.Key, WaitingGroup> groups = new LinkedHashMap<>();
  private final Set<WaitingGroup> open = new HashSet<>();

  ReadyBuilds(Callers callers) {
    this.callers = callers;
  }

  /** Adds a build to its group, which must then be decided. */
  void add(Build build, Instant now) {
    if (build.group != null) {
      throw new IllegalStateException(build.id() + " waits already");
    }
    build.readySince = now;
    WaitingGroup group =
        groups.computeIfAbsent(WaitingGroup.Key.of(build), key -> new WaitingGroup(key));
    build.group = group;
    group.add(build);
    open.add(group);
    for (Node node : build.nodes()) {
      node.inLineSince = node.inLineSince < 0 ? callers.now() : node.inLineSince;
      place(build, group, node).consider(node, callers.ageing());
    }
    build.places.forEach(this::lineUp);
  }

  /** The build's place in the line of the node's caller. */
  private PlaceInLine place(Build build, WaitingGroup group, Node node) {
    String caller = node.request.standing.caller();
    for (PlaceInLine place : build.places) {
      if (place.account.caller.equals(caller)) {
        return place;
      }
    }
    CallerAccount account = callers.account(caller);
    callers.waits(account);
    WaitingLine line =
        group.lines.computeIfAbsent(account, owner -> new WaitingLine(owner, group, callers.now()));
    PlaceInLine place = new PlaceInLine(build, line);
    build.places.add(place);
    return place;
  }

  private void lineUp(PlaceInLine place) {
    WaitingLine line = place.line;
    if (!line.isEmpty()) {
      line.account.lines.remove(line.first());
    }
    line.add(place);
    line.account.lines.put(line.first(), line);
  }

  /**
   * Finds a build that waits its group and its lines anew, because of a change to what decides
   * them. It waits from now on.
   */
  void regroup(Build build, Runnable change, Instant now) {
    change(build, change, now);
  }

  /** The same for a change that leaves it waiting as long as it has waited, or for nobody. */
  void adjust(Build build, Runnable change) {
    change(build, change, build.readySince);
  }

  private void change(Build build, Runnable change, Instant readySince) {
    WaitingGroup from = requireNonNull(build.group);
    List<PlaceInLine> before = List.copyOf(build.places);
    // They have work all the while, even if they have no other build.
    before.forEach(place -> callers.waits(place.account));
    remove(build);
    change.run();
    if (!build.nodes().isEmpty()) {
      add(build, readySince);
      requireNonNull(build.group).learnFrom(from);
      build.places.forEach(place -> place.learnFrom(before));
    }
    before.forEach(place -> callers.waitsNoLonger(place.account));
  }

  /** Removes a build from the group it is in, if it is in one. */
  void remove(Build build) {
    WaitingGroup group = build.group;
    if (group == null) {
      return;
    }
    build.places.forEach(this::leaveLine);
    build.places.clear();
    group.remove(build);
    build.group = null;
    if (group.isEmpty()) {
      groups.remove(group.key);
      open.remove(group);
    }
  }

  private void leaveLine(PlaceInLine place) {
    WaitingLine line = place.line;
    CallerAccount account = line.account;
    account.lines.remove(line.first());
    line.remove(place);
    if (line.isEmpty()) {
      line.group.lines.remove(account);
    } else {
      account.lines.put(line.first(), line);
    }
    callers.waitsNoLonger(account);
  }

  boolean isEmpty() {
    return groups.isEmpty();
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

  /** All groups, in the order in which they came to be. */
  List<WaitingGroup> groups() {
    return new ArrayList<>(groups.values());
  }
}
