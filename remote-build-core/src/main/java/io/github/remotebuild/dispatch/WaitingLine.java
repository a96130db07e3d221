package io.github.remotebuild.dispatch;

import java.util.TreeSet;

/** The builds of one caller in one group, the first to be built first. */
final class WaitingLine {
  final CallerAccount account;
  final WaitingGroup group;
  private final TreeSet<PlaceInLine> places = new TreeSet<>();

  /** Since when the caller has had no slot on any machine that fits, in the callers' time. */
  long passedOverSince;

  WaitingLine(CallerAccount account, WaitingGroup group, long now) {
    this.account = account;
    this.group = group;
    this.passedOverSince = now;
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  PlaceInLine first() {
    return places.first();
  }

  void add(PlaceInLine place) {
    places.add(place);
  }

  void remove(PlaceInLine place) {
    places.remove(place);
  }
}
