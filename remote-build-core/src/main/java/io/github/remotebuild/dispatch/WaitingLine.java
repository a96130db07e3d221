package io.github.remotebuild.dispatch;

import java.util.TreeSet;

/** The builds of one caller in one group, the first to be built first. */
final class WaitingLine {
  final CallerAccount account;
  final WaitingGroup group;
  private final TreeSet<Build> builds = new TreeSet<>();

  /** Since when the caller has had no slot on any machine that fits, in the callers' time. */
  long passedOverSince;

  WaitingLine(CallerAccount account, WaitingGroup group, long now) {
    this.account = account;
    this.group = group;
    this.passedOverSince = now;
  }

  boolean isEmpty() {
    return builds.isEmpty();
  }

  Build first() {
    return builds.first();
  }

  void add(Build build) {
    builds.add(build);
  }

  void remove(Build build) {
    builds.remove(build);
  }
}
