package io.github.remotebuild.dispatch;

/** What one attempt costs its caller while it has a slot, or asks for one. In microseconds. */
final class SlotCharge implements Comparable<SlotCharge> {
  final CallerAccount account;

  /** How long it is thought to need the slot. */
  final long expected;

  /** When it began with its slot; negative if it has not. */
  long began = -1;

  /** Whether it has had the slot for longer than was thought. */
  boolean isOvertime;

  private final long number;

  SlotCharge(CallerAccount account, long expected, long number) {
    this.account = account;
    this.expected = expected;
    this.number = number;
  }

  boolean isBegun() {
    return began >= 0;
  }

  /** Until when it is thought to need the slot. */
  long due() {
    return began + expected;
  }

  boolean isDue(long now) {
    return due() <= now;
  }

  @Override
  public int compareTo(SlotCharge other) {
    int byTime = Long.compare(due(), other.due());
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }
}
