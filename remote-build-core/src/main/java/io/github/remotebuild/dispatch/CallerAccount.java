package io.github.remotebuild.dispatch;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one caller has used of the farm, and its builds that wait. Times are in microseconds.
 *
 * <p>Each attempt costs the time for which it had a slot. While it runs, it costs at least what it
 * is expected to: otherwise all slots that are free at one moment would go to one caller.
 */
final class CallerAccount {
  /** How much the last attempt counts in the mean. */
  private static final int MEAN_OF = 16;

  final String caller;
  final int share;

  /** Its lines with builds, by the first build of each. */
  final TreeMap<Build, WaitingLine> lines = new TreeMap<>();

  /** How many of its builds wait. */
  int waiting;

  /** The virtual time as last computed, to sort by. */
  double standsAt;

  /** What it was lifted by, in virtual time. */
  private double lifted;

  /** No line was passed over for longer than since then; may be too early. */
  private long passedOverSince;

  private long used;
  private long reserved;
  private long granted;
  private long grantedBegan;
  private long overtime;
  private long overtimeBegan;
  private int running;
  private double meanLength = -1;

  /** Until then none of them has; may be too early. */
  private long nextDue = Long.MAX_VALUE;

  /** Those that have a slot, and for no longer than was thought. */
  private final TreeSet<SlotCharge> inTime = new TreeSet<>();

  CallerAccount(String caller, int share) {
    this.caller = caller;
    this.share = share;
  }

  boolean isIdle() {
    return waiting == 0 && running == 0;
  }

  /** The slot-time used so far, that of running attempts counted up to now. */
  private long used(long now) {
    return used + granted * now - grantedBegan;
  }

  /** What it has used for its share. */
  double settled(long now) {
    return lifted + used(now) / (double) share;
  }

  /** The same, with what its running attempts are expected to need yet. */
  double virtualTime(long now) {
    settle(now);
    return lifted + (used + reserved + overtime * now - overtimeBegan) / (double) share;
  }

  /** Lets it be at least there. */
  void lift(double virtualTime, long now) {
    lifted += Math.max(0, virtualTime - virtualTime(now));
  }

  /** The first line with something that can be given to a machine, or null. */
  @Nullable WaitingLine first(Predicate<WaitingGroup> isPlaceable) {
    for (WaitingLine line : lines.values()) {
      if (isPlaceable.test(line.group)) {
        return line;
      }
    }
    return null;
  }

  /**
   * Since when it was passed over for longest, with builds that could be given to a machine, if
   * that is no later than the limit; else never.
   */
  long overdueSince(long limit, Predicate<WaitingGroup> isPlaceable) {
    if (passedOverSince > limit) {
      return Long.MAX_VALUE;
    }
    long longest = Long.MAX_VALUE;
    long placeable = Long.MAX_VALUE;
    for (WaitingLine line : lines.values()) {
      longest = Math.min(longest, line.passedOverSince);
      if (line.passedOverSince <= limit && isPlaceable.test(line.group)) {
        placeable = Math.min(placeable, line.passedOverSince);
      }
    }
    passedOverSince = longest;
    return placeable;
  }

  /** It is given a slot on the machine at the position. */
  void served(WaitingLine from, int position, long now) {
    for (WaitingLine line : lines.values()) {
      BitSet fitting = line.group.fitting;
      if (line == from || (fitting != null && fitting.get(position))) {
        line.passedOverSince = now;
      }
    }
  }

  CallerFigures figures(long now) {
    return new CallerFigures(
        caller, share, running, waiting, Duration.of(used(now), ChronoUnit.MICROS));
  }

  /** How long its attempts need a slot on average, or this if it had none. */
  double expected(double otherwise) {
    return meanLength < 0 ? otherwise : meanLength;
  }

  void ask(SlotCharge charge) {
    running++;
    reserved += charge.expected;
  }

  void begin(SlotCharge charge, long now) {
    charge.began = now;
    granted++;
    grantedBegan += now;
    inTime.add(charge);
    nextDue = Math.min(nextDue, charge.due());
  }

  void cancel(SlotCharge charge) {
    running--;
    reserved -= charge.expected;
  }

  /** Returns how long it had the slot. */
  long end(SlotCharge charge, long now) {
    long length = now - charge.began;
    running--;
    used += length;
    granted--;
    grantedBegan -= charge.began;
    if (charge.isOvertime) {
      overtime--;
      overtimeBegan -= charge.began;
    } else {
      inTime.remove(charge);
      reserved -= charge.expected;
    }
    meanLength = mean(meanLength, length);
    return length;
  }

  static double mean(double soFar, long next) {
    return soFar < 0 ? next : soFar + (next - soFar) / MEAN_OF;
  }

  /** From when an attempt takes longer than was thought, each moment costs. */
  private void settle(long now) {
    if (now < nextDue) {
      return;
    }
    while (!inTime.isEmpty() && inTime.first().isDue(now)) {
      SlotCharge charge = inTime.pollFirst();
      charge.isOvertime = true;
      reserved -= charge.expected;
      overtime++;
      overtimeBegan += charge.began;
    }
    nextDue = inTime.isEmpty() ? Long.MAX_VALUE : inTime.first().due();
  }
}
