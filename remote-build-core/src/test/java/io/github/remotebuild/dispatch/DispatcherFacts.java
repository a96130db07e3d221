package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.FarmModel.EntryFacts;
import io.github.remotebuild.dispatch.FarmModel.HostFacts;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
    Set<EntryFacts> fitting = Set.of();

    final Set<HostFacts> tried = new HashSet<>();
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
    final EntryFacts entry;

    /** What the entry's line said when the build was placed. */
    final Machine machine;

    Slot slot = Slot.ASKED;
    boolean isLeaseLost;
    boolean isStopReported;

    AttemptFacts(long number, BuildFacts build, EntryFacts entry) {
      this.number = number;
      this.build = build;
      this.entry = entry;
      this.machine = entry.machine;
    }
  }

  final FarmModel farm;
  final Map<RequestId, RequestFacts> requests = new TreeMap<>((a, b) -> compare(a, b));
  final Map<Long, BuildFacts> builds = new TreeMap<>();
  final Map<Long, AttemptFacts> attempts = new TreeMap<>();
  Instant now = Instant.MIN;

  DispatcherFacts(Farm farm) {
    this.farm = new FarmModel(farm);
  }

  private static int compare(RequestId a, RequestId b) {
    return Long.compare(a.number(), b.number());
  }

  boolean isReady(BuildFacts build) {
    return build.end == null
        && build.attempt == null
        && build.spec.dependsOn().stream()
            .allMatch(id -> builds.get(id.number()).end instanceof BuildEnd.Succeeded);
  }

  /** Who is of the right kind, not switched off, and was not tried. */
  Set<EntryFacts> untried(BuildFacts build) {
    Set<EntryFacts> untried = new LinkedHashSet<>(build.fitting);
    untried.removeIf(
        entry -> build.tried.contains(entry.host) || entry.ordered instanceof MachineOrder.Disable);
    return untried;
  }

  /** Those of the untried that may take the build now or later, by what the local machine is. */
  Set<EntryFacts> wanted(BuildFacts build) {
    Set<EntryFacts> locals = untried(build);
    locals.removeIf(entry -> !entry.machine.isLocal());
    Set<EntryFacts> others = untried(build);
    others.removeAll(locals);
    return switch (build.locality) {
      case ANY, LOCAL_WHEN_FREE, REMOTE_WHEN_FREE -> untried(build);
      case LOCAL_FIRST -> locals.isEmpty() ? others : locals;
      case REMOTE_FIRST -> others.isEmpty() ? locals : others;
      case NEVER_LOCAL -> others;
    };
  }

  /** 2: one of these machines is there, 1: one is on trial, 0: neither. */
  int presence(Set<EntryFacts> entries) {
    int best = 0;
    for (EntryFacts entry : entries) {
      if (entry.takesNew()) {
        HostFacts host = entry.host;
        int presence = host.isResting(now) ? 0 : host.outages == 0 ? 2 : 1;
        best = Math.max(best, presence);
      }
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

  boolean isFree(EntryFacts entry) {
    HostFacts host = entry.host;
    boolean isProbed =
        host.outages > 0
            && attempts.values().stream()
                .anyMatch(each -> each.entry.host == host && each.number > host.newestInOutage);
    return entry.takesNew()
        && !host.isResting(now)
        && !entry.refusedUntil.isAfter(now)
        && !isProbed
        && slotsTaken(entry) < entry.machine.maxJobs();
  }

  long slotsTaken(EntryFacts entry) {
    return attempts.values().stream()
        .filter(attempt -> attempt.entry == entry && attempt.slot != Slot.GONE)
        .count();
  }
}
