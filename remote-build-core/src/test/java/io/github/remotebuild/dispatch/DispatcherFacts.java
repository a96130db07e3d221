package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.FarmSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What happened so far between a dispatcher and the world, and what follows from it. */
class DispatcherFacts {
  enum Slot {
    ASKED,
    HELD,
    LOST,
    GONE
  }

  static final class HostFacts {
    int outages;
    Instant restUntil = Instant.MIN;
    long newest;
    long newestInOutage;
  }

  static final class RequestFacts {
    final RequestRules rules;
    final Set<Long> open = new HashSet<>();
    boolean isStopped;

    /** Whether it was stopped by an effect of this event, so that others may have come before. */
    boolean isJustStopped;

    RequestFacts(RequestRules rules) {
      this.rules = rules;
    }
  }

  static final class BuildFacts {
    final BuildSpec spec;
    final RequestFacts request;

    /** Who is of the right kind, local or not. */
    final Set<Integer> fitting = new HashSet<>();

    final Set<StoreKey> tried = new HashSet<>();
    Locality locality;
    AttemptFacts attempt;
    BuildEnd end;
    int attempts;
    boolean isWaitReported;

    /** Since when it waits and no machine for it is known to work. */
    Instant absentSince;

    BuildFacts(BuildSpec spec, RequestFacts request) {
      this.spec = spec;
      this.request = request;
      this.locality = spec.demand().locality();
    }
  }

  static final class AttemptFacts {
    final long number;
    final BuildFacts build;
    final int position;
    Slot slot = Slot.ASKED;
    boolean isLeaseLost;
    boolean isStopReported;

    AttemptFacts(long number, BuildFacts build, int position) {
      this.number = number;
      this.build = build;
      this.position = position;
    }
  }

  final Farm farm;
  final FarmSnapshot idle;
  final Map<StoreKey, HostFacts> hosts = new HashMap<>();
  final Instant[] refusedUntil;
  final Map<RequestId, RequestFacts> requests = new TreeMap<>((a, b) -> compare(a, b));
  final Map<Long, BuildFacts> builds = new TreeMap<>();
  final Map<Long, AttemptFacts> attempts = new TreeMap<>();
  Instant now = Instant.MIN;

  DispatcherFacts(Farm farm) {
    this.farm = farm;
    this.idle = FarmSnapshot.of(farm);
    this.refusedUntil = new Instant[farm.size()];
    for (int position = 0; position < farm.size(); position++) {
      hosts.put(key(position), new HostFacts());
      refusedUntil[position] = Instant.MIN;
    }
  }

  private static int compare(RequestId a, RequestId b) {
    return Long.compare(a.number(), b.number());
  }

  StoreKey key(int position) {
    return farm.machine(position).storeKey();
  }

  HostFacts host(int position) {
    return hosts.get(key(position));
  }

  boolean isReady(BuildFacts build) {
    return build.end == null
        && build.attempt == null
        && build.spec.dependsOn().stream()
            .allMatch(id -> builds.get(id.number()).end instanceof BuildEnd.Succeeded);
  }

  boolean isLocal(int position) {
    return farm.machine(position).isLocal();
  }

  /** Who is of the right kind and was not tried. */
  Set<Integer> untried(BuildFacts build) {
    Set<Integer> untried = new TreeSet<>(build.fitting);
    untried.removeIf(position -> build.tried.contains(key(position)));
    return untried;
  }

  /** Those of the untried that may take the build now or later, by what the local machine is. */
  Set<Integer> wanted(BuildFacts build) {
    Set<Integer> locals = untried(build);
    locals.removeIf(position -> !isLocal(position));
    Set<Integer> others = untried(build);
    others.removeIf(this::isLocal);
    return switch (build.locality) {
      case ANY, LOCAL_WHEN_FREE, REMOTE_WHEN_FREE -> untried(build);
      case LOCAL_FIRST -> locals.isEmpty() ? others : locals;
      case REMOTE_FIRST -> others.isEmpty() ? locals : others;
      case NEVER_LOCAL -> others;
    };
  }

  /** 2: one of these machines is there, 1: one is on trial, 0: neither. */
  int presence(Set<Integer> positions) {
    int best = 0;
    for (int position : positions) {
      HostFacts host = host(position);
      int presence = host.outages == 0 ? 2 : host.restUntil.isAfter(now) ? 0 : 1;
      best = Math.max(best, presence);
    }
    return best;
  }

  int presence(BuildFacts build) {
    return presence(wanted(build));
  }

  /** Whether the build wants one side first and only the other is there. */
  boolean isOtherSideThere(BuildFacts build) {
    return (build.locality == Locality.LOCAL_FIRST || build.locality == Locality.REMOTE_FIRST)
        && presence(build) == 0
        && presence(untried(build)) > 0;
  }

  boolean isPatienceOver(BuildFacts build) {
    Instant since = build.absentSince == null ? now : build.absentSince;
    return Duration.between(since, now).compareTo(build.request.rules.patience()) >= 0;
  }

  boolean isFree(int position) {
    HostFacts host = host(position);
    boolean isProbed =
        host.outages > 0
            && attempts.values().stream()
                .anyMatch(
                    each ->
                        key(each.position).equals(key(position))
                            && each.number > host.newestInOutage);
    return !host.restUntil.isAfter(now)
        && !refusedUntil[position].isAfter(now)
        && !isProbed
        && slotsTaken(position) < farm.machine(position).maxJobs();
  }

  long slotsTaken(int position) {
    return attempts.values().stream()
        .filter(attempt -> attempt.position == position && attempt.slot != Slot.GONE)
        .count();
  }
}
