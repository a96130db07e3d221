package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the dispatcher knows of one build. */
final class Build implements Comparable<Build> {
  /** So many builds that wait for this one count as one level of priority; more do not. */
  private static final int LINKS_OF_A_LEVEL = 60;

  final BuildId id;
  final Request request;
  final Demand demand;

  /** The builds that wait for this one. */
  final List<Build> dependents = new ArrayList<>();

  /** The hosts, as the machine book counts them, on which it came to nothing. */
  final Set<Integer> triedHosts = new TreeSet<>();

  int missingDependencies;

  /** The number of builds on the longest chain from this one to one that nothing waits for. */
  int chainLength = 1;

  int attempts;

  /** Whether the caller knows why it waits; true until an attempt starts. */
  boolean isWaitReported;

  /** Since when it only lacks a machine. */
  Instant readySince = Instant.MIN;

  /**
   * Since when it counts as waiting, in the callers' time, as if a high priority and a long chain
   * were time spent waiting.
   */
  private long countsSince;

  /** Since when it waits, in the callers' time; negative if it never did. */
  private long inLineSince = -1;

  /** Where it waits for a machine; null if it does not. */
  @Nullable WaitingGroup group;

  /** In which line of the group; null if it does not wait. */
  @Nullable WaitingLine line;

  @Nullable Attempt attempt;
  @Nullable Failure lastFailure;
  @Nullable BuildEnd end;

  Build(BuildId id, Request request, Demand demand) {
    this.id = id;
    this.request = request;
    this.demand = demand;
  }

  boolean isEnded() {
    return end != null;
  }

  /** In whose name it is built, and how urgent it is. */
  Standing standing() {
    return request.standing;
  }

  /**
   * Finds its place in line, which must not change while it is there. It keeps its place when an
   * attempt comes to nothing.
   *
   * @param now the callers' time
   * @param ageing the waiting that a level of priority counts as
   */
  void lineUp(long now, long ageing) {
    inLineSince = inLineSince < 0 ? now : inLineSince;
    int links = Math.min(chainLength, LINKS_OF_A_LEVEL) - 1;
    countsSince = inLineSince - ageing * standing().priority() - ageing * links / LINKS_OF_A_LEVEL;
  }

  /**
   * Within one caller: the longest wait first, then the longest remaining chain, then the oldest.
   */
  @Override
  public int compareTo(Build other) {
    if (countsSince != other.countsSince) {
      return countsSince < other.countsSince ? -1 : 1;
    }
    int byChain = Integer.compare(other.chainLength, chainLength);
    return byChain != 0 ? byChain : id.compareTo(other.id);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }
}
