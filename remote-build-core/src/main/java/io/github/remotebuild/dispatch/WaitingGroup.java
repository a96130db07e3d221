package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.policy.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds that only lack a machine and that any machine treats alike, so that one decision speaks
 * for all of them.
 */
final class WaitingGroup {
  /** A patience beyond this is cut down to it, so that adding it to a time cannot overflow. */
  private static final Duration LONGEST_PATIENCE = Duration.ofDays(36_500);

  /**
   * What decides whether two builds are in one group.
   *
   * @param triedHosts the hosts on which they came to nothing
   */
  record Key(Demand demand, Set<Integer> triedHosts, Duration patience) {
    static Key of(Build build) {
      return new Key(build.demand, Set.copyOf(build.triedHosts), build.request.rules.patience());
    }
  }

  final Key key;

  /** The builds of each caller. */
  final Map<CallerAccount, WaitingLine> lines = new HashMap<>();

  /** All of them, in the order in which they came to wait. */
  private final LinkedHashSet<Build> byArrival = new LinkedHashSet<>();

  /** Those that came since callers were last told why they wait; some may be gone. */
  private final Deque<Build> unreported = new ArrayDeque<>();

  /** The entries that fit but for their state; null before the first decision to wait. */
  @Nullable BitSet fitting;

  /** The last decision, if it was to wait. */
  @Nullable Decision decision;

  /** If the policy held back though a machine could take a build: in which state of the farm. */
  long heldBackAtChange;

  /** Since when none of the fitting machines was known to work. */
  @Nullable Instant absentSince;

  WaitingGroup(Key key) {
    this.key = key;
  }

  boolean isEmpty() {
    return byArrival.isEmpty();
  }

  Build longestWaiting() {
    return byArrival.iterator().next();
  }

  void add(Build build) {
    byArrival.add(build);
    if (!build.isWaitReported) {
      unreported.add(build);
    }
  }

  void remove(Build build) {
    byArrival.remove(build);
  }

  /** The next build whose caller has not been told why it waits, or null. */
  @Nullable Build nextUnreported() {
    while (true) {
      Build build = unreported.poll();
      if (build == null || (build.group == this && !build.isWaitReported)) {
        return build;
      }
    }
  }

  /** When the patience of the one that waits longest is over, none of the machines being there. */
  Instant deadline() {
    Instant absent = requireNonNull(absentSince);
    Instant ready = longestWaiting().readySince;
    Duration patience =
        key.patience.compareTo(LONGEST_PATIENCE) < 0 ? key.patience : LONGEST_PATIENCE;
    return (ready.isAfter(absent) ? ready : absent).plus(patience);
  }
}
