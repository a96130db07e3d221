package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.policy.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Builds that only lack a machine and that any machine treats alike, so that one decision speaks
 * for all of them.
 */
final class WaitingGroup {
  /** A patience beyond this is cut down to it, so that adding it to a time cannot overflow. */
  private static final Duration LONGEST_PATIENCE = Duration.ofDays(36_500);

  private static final Comparator<Build> ARRIVAL =
      Comparator.<Build, Instant>comparing(build -> build.readySince)
          .thenComparing(build -> build.number);

  /**
   * What decides whether two builds are in one group.
   *
   * @param triedHosts the hosts on which they came to nothing
   */
  record Key(Demand demand, Set<Integer> triedHosts, Duration patience) {
    static Key of(Build build) {
      return new Key(build.demand, Set.copyOf(build.triedHosts), build.patience());
    }
  }

  final Key key;

  /** The builds of each caller. */
  final Map<CallerAccount, WaitingLine> lines = new HashMap<>();

  /** All of them, in the order in which they came to wait. */
  private final TreeSet<Build> byArrival = new TreeSet<>(ARRIVAL);

  /** Those that came since callers were last told why they wait; some may be gone. */
  private final Deque<Node> unreported = new ArrayDeque<>();

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
    return byArrival.first();
  }

  void add(Build build) {
    byArrival.add(build);
    for (Node node : build.nodes()) {
      if (node.told != Node.Told.NO_MACHINE) {
        unreported.add(node);
      }
    }
  }

  /** Takes over how long machines have been away from one that may be for the same. */
  void learnFrom(WaitingGroup other) {
    Instant absent = other.absentSince;
    boolean isSame =
        key.demand.equals(other.key.demand) && key.triedHosts.equals(other.key.triedHosts);
    if (isSame && absent != null && (absentSince == null || absent.isBefore(absentSince))) {
      absentSince = absent;
    }
  }

  void remove(Build build) {
    byArrival.remove(build);
  }

  /** The nodes that wait here, and whose callers have not been told so until now. */
  List<BuildId> takeUnreported() {
    List<BuildId> untold = new ArrayList<>();
    for (Node node : unreported) {
      Build build = node.build;
      if (build != null && build.group == this && node.told != Node.Told.NO_MACHINE) {
        node.told = Node.Told.NO_MACHINE;
        untold.add(node.id);
      }
    }
    unreported.clear();
    return untold;
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
