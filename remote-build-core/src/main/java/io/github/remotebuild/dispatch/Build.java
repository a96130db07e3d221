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
  final BuildId id;
  final Request request;

  /** What it asks of a machine; its wish for one side of the farm is gone once that is hopeless. */
  Demand demand;

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

  /** Where it waits for a machine; null if it does not. */
  @Nullable WaitingGroup group;

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

  /** The longest remaining chain first, then the oldest. */
  @Override
  public int compareTo(Build other) {
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
