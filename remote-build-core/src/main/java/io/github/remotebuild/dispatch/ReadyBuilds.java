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
      throw new IllegalStateException(build.id + " waits already");
    }
    build.readySince = now;
    WaitingGroup group =
        groups.computeIfAbsent(WaitingGroup.Key.of(build), key -> new WaitingGroup(key));
    build.group = group;
    group.add(build);
    open.add(group);
    lineUp(build, group);
  }

  private void lineUp(Build build, WaitingGroup group) {
    CallerAccount account = callers.account(build.standing().caller());
    callers.waits(account);
    WaitingLine line =
        group.lines.computeIfAbsent(
            account, caller -> new WaitingLine(caller, group, callers.now()));
    if (!line.isEmpty()) {
      account.lines.remove(line.first());
    }
    build.lineUp(callers.now(), callers.ageing());
    build.line = line;
    line.add(build);
    account.lines.put(line.first(), line);
  }

  /**
   * Finds a build that waits its group and its line anew, because of a change to what decides them.
   */
  void regroup(Build build, Runnable change, Instant now) {
    CallerAccount account = requireNonNull(build.line).account;
    // It has work all the while, even if it has no other build.
    callers.waits(account);
    remove(build);
    change.run();
    add(build, now);
    callers.waitsNoLonger(account);
  }

  /** Removes a build from the group it is in, if it is in one. */
  void remove(Build build) {
    WaitingGroup group = build.group;
    if (group == null) {
      return;
    }
    leaveLine(build);
    group.remove(build);
    build.group = null;
    if (group.isEmpty()) {
      groups.remove(group.key);
      open.remove(group);
    }
  }

  private void leaveLine(Build build) {
    WaitingLine line = requireNonNull(build.line);
    CallerAccount account = line.account;
    account.lines.remove(line.first());
    line.remove(build);
    build.line = null;
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
