package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.FarmSnapshot;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
    final Set<Integer> fitting = new HashSet<>();
    final Set<StoreKey> tried = new HashSet<>();
    AttemptFacts attempt;
    BuildEnd end;
    int attempts;
    boolean isWaitReported;

    /** Since when it waits and no machine for it is known to work. */
    Instant absentSince;

    BuildFacts(BuildSpec spec, RequestFacts request) {
      this.spec = spec;
      this.request = request;
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

  /** 2: an untried machine is there, 1: one is on trial, 0: neither. */
  int presence(BuildFacts build) {
    int best = 0;
    for (int position : build.fitting) {
      if (!build.tried.contains(key(position))) {
        HostFacts host = host(position);
        int presence = host.outages == 0 ? 2 : host.restUntil.isAfter(now) ? 0 : 1;
        best = Math.max(best, presence);
      }
    }
    return best;
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
