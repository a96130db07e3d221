package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.FarmModel.EntryFacts;
import io.github.remotebuild.dispatch.FarmModel.HostFacts;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StorePath;
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
    boolean isHeldOpen;
    boolean isStopped;

    /** Whether it was stopped by an effect of this event, so that others may have come before. */
    boolean isJustStopped;

    RequestFacts(RequestRules rules, boolean isHeldOpen) {
      this.rules = rules;
      this.isHeldOpen = isHeldOpen;
    }

    boolean isOver() {
      return open.isEmpty() && (!isHeldOpen || isStopped);
    }
  }

  /** What one request wants. */
  static final class BuildFacts {
    final BuildSpec spec;
    final RequestFacts request;

    /** What is done for it; null before it has all its inputs. */
    ShareFacts share;

    BuildEnd end;
    Class<? extends WaitReason> toldReason;

    BuildFacts(BuildSpec spec, RequestFacts request) {
      this.spec = spec;
      this.request = request;
    }

    boolean isCoveredBy(Set<String> outputs) {
      return outputs.containsAll(spec.wanted().outputs());
    }
  }

  /** What is done once for all that have joined it. */
  static final class ShareFacts {
    final BuildSpec terms;

    /** Those that are not over. */
    final Set<BuildFacts> members = new LinkedHashSet<>();

    Set<EntryFacts> fitting = Set.of();
    final Set<HostFacts> tried = new HashSet<>();
    AttemptFacts attempt;
    int attempts;
    int attemptsBefore;
    Locality locality;

    /** Since when it waits and no machine for it is known to work. */
    Instant absentSince;

    ShareFacts(BuildSpec terms) {
      this.terms = terms;
      this.locality = terms.demand().locality();
    }

    StorePath derivation() {
      return terms.wanted().derivation();
    }

    boolean isStopped() {
      return members.stream().allMatch(member -> member.request.isStopped);
    }

    Duration patience() {
      return members.stream()
          .map(member -> member.request.rules.patience())
          .max(Duration::compareTo)
          .orElseThrow();
    }

    int attemptLimit() {
      return members.stream()
          .mapToInt(member -> member.request.rules.attemptLimit())
          .max()
          .orElseThrow();
    }

    boolean isExhausted() {
      return attempts - attemptsBefore >= attemptLimit();
    }
  }

  static final class AttemptFacts {
    final long number;
    final ShareFacts share;
    final EntryFacts entry;

    /** What the entry's line said when the build was placed. */
    final Machine machine;

    /** What was wanted when it was started. */
    Set<String> outputs = Set.of();

    Slot slot = Slot.ASKED;
    boolean isLeaseLost;
    boolean isStopReported;

    AttemptFacts(long number, ShareFacts share, EntryFacts entry) {
      this.number = number;
      this.share = share;
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

  /** Whether a build has all its inputs and no end. */
  boolean isReady(BuildFacts build) {
    return build.end == null
        && build.spec.dependsOn().stream()
            .allMatch(id -> builds.get(id.number()).end instanceof BuildEnd.Succeeded);
  }

  /** Everything that is done for somebody. */
  Set<ShareFacts> shares() {
    Set<ShareFacts> shares = new LinkedHashSet<>();
    for (BuildFacts build : builds.values()) {
      if (build.end == null && build.share != null) {
        shares.add(build.share);
      }
    }
    return shares;
  }

  /** The attempt that the derivation is under, or null. */
  AttemptFacts attemptOf(StorePath derivation) {
    return attempts.values().stream()
        .filter(attempt -> attempt.share.derivation().equals(derivation))
        .findFirst()
        .orElse(null);
  }

  /** Whether it only lacks a machine. */
  boolean lacksMachine(ShareFacts share) {
    return attemptOf(share.derivation()) == null;
  }

  /** Who is of the right kind, not switched off, and was not tried. */
  Set<EntryFacts> untried(ShareFacts share) {
    Set<EntryFacts> untried = new LinkedHashSet<>(share.fitting);
    untried.removeIf(
        entry -> share.tried.contains(entry.host) || entry.ordered instanceof MachineOrder.Disable);
    return untried;
  }

  /** Those of the untried that may take the build now or later, by what the local machine is. */
  Set<EntryFacts> wanted(ShareFacts share) {
    Set<EntryFacts> locals = untried(share);
    locals.removeIf(entry -> !entry.machine.isLocal());
    Set<EntryFacts> others = untried(share);
    others.removeAll(locals);
    return switch (share.locality) {
      case ANY, LOCAL_WHEN_FREE, REMOTE_WHEN_FREE -> untried(share);
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

  int presence(ShareFacts share) {
    return presence(wanted(share));
  }

  /** Whether the build wants one side first and only the other is there. */
  boolean isOtherSideThere(ShareFacts share) {
    return (share.locality == Locality.LOCAL_FIRST || share.locality == Locality.REMOTE_FIRST)
        && presence(share) == 0
        && presence(untried(share)) > 0;
  }

  boolean isPatienceOver(ShareFacts share) {
    Instant since = share.absentSince == null ? now : share.absentSince;
    return Duration.between(since, now).compareTo(share.patience()) >= 0;
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
