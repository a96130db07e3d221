package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.FarmModel.EntryFacts;
import io.github.remotebuild.dispatch.FarmModel.HostFacts;
import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must always hold of a dispatcher, told again in the plainest way, from its events and
 * effects alone.
 */
final class DispatcherModel extends DispatcherFacts {
  private final RestRule restRule;

  /** The attempt that this event may count as an outage, or null. */
  private AttemptFacts outage;

  /** The builds that this event ends, and how. */
  private final Map<BuildFacts, Class<? extends BuildEnd>> expectedEnds = new LinkedHashMap<>();

  /** The attempt that this event ends; only its slot may still be given back. */
  private AttemptFacts overAttempt;

  /** What this event must have told of machines. */
  private final List<MachineReport> expectedReports = new ArrayList<>();

  /** Whether slots may be in use that the line of their machine no longer has. */
  private boolean isFarmFixed = true;

  DispatcherModel(Farm farm, RestRule restRule) {
    super(farm);
    this.restRule = restRule;
  }

  private static void require(boolean holds, String what, Object... about) {
    if (!holds) {
      throw new AssertionError(what + " " + List.of(about));
    }
  }

  /** The outputs that were wanted of an attempt when it was started. */
  Set<String> outputsAtStart(AttemptId attempt) {
    return attempts.get(attempt.number()).outputs;
  }

  /** The outputs that are wanted of an attempt by now. */
  Set<String> outputsNow(AttemptId attempt) {
    AttemptFacts facts = attempts.get(attempt.number());
    Set<String> outputs = new HashSet<>(facts.outputs);
    facts.share.members.forEach(member -> outputs.addAll(member.spec.wanted().outputs()));
    return outputs;
  }

  boolean isKnown(RequestId request) {
    return requests.containsKey(request);
  }

  /** Takes in what an event that is about to be told means. */
  void told(Event event, Instant time) {
    checkNothingWasMissed(time);
    now = time;
    outage = null;
    expectedEnds.clear();
    expectedReports.clear();
    farm.forget(now);
    requests.values().forEach(request -> request.isJustStopped = false);
    if (event instanceof Event.Submitted e) {
      RequestFacts request = new RequestFacts(e.rules(), e.isOpen());
      requests.put(e.request(), request);
      added(request, e.builds());
    } else if (event instanceof Event.Grown e) {
      added(requests.get(e.request()), e.builds());
    } else if (event instanceof Event.Sealed e && requests.containsKey(e.request())) {
      requests.get(e.request()).isHeldOpen = false;
    } else if (event instanceof Event.LeaseGranted e) {
      AttemptFacts attempt = attempts.get(e.attempt().number());
      attempt.slot = Slot.HELD;
      boolean isAsBefore =
          attempt.entry.takesNew() && attempt.entry.machine.equals(attempt.machine);
      if (!isAsBefore || endBeforeStart(attempt) != null) {
        over(attempt, endBeforeStart(attempt));
      }
    } else if (event instanceof Event.LeaseRefused e) {
      AttemptFacts attempt = attempts.get(e.attempt().number());
      attempt.slot = Slot.GONE;
      refuse(attempt.entry);
      over(attempt, endBeforeStart(attempt));
    } else if (event instanceof Event.LeaseLost e) {
      AttemptFacts attempt = attempts.get(e.attempt().number());
      if (attempt != null && attempt.slot == Slot.HELD) {
        attempt.slot = Slot.LOST;
        attempt.isLeaseLost = true;
        refuse(attempt.entry);
      }
    } else if (event instanceof Event.SlotDone e) {
      endLost(attempts.get(e.attempt().number()));
    } else if (event instanceof Event.AttemptSucceeded e) {
      succeeded(attempts.get(e.attempt().number()), e);
    } else if (event instanceof Event.AttemptFailed e) {
      failed(attempts.get(e.attempt().number()), e.failure());
    } else if (event instanceof Event.RequestCancelled e && requests.containsKey(e.request())) {
      requests.get(e.request()).isStopped = true;
    } else if (event instanceof Event.FarmChanged e) {
      isFarmFixed = false;
      expectedReports.addAll(farm.change(e.farm(), now));
      shares().forEach(share -> share.fitting = farm.fitting(share.terms.demand()));
    } else if (event instanceof Event.MachinesOrdered e) {
      expectedReports.addAll(farm.obey(e, now));
    }
  }

  private void refuse(EntryFacts entry) {
    if (entry.isListed) {
      entry.refusedUntil = now.plus(MachineBook.ASK_AGAIN);
    }
  }

  /** How an attempt ends its builds if it is over before it has started, or null. */
  private static Class<? extends BuildEnd> endBeforeStart(AttemptFacts attempt) {
    ShareFacts share = attempt.share;
    return share.isStopped()
        ? BuildEnd.Cancelled.class
        : share.isExhausted() ? BuildEnd.Failed.class : null;
  }

  /** Checks that nothing should have been done between the last event and this time. */
  private void checkNothingWasMissed(Instant time) {
    for (ShareFacts share : shares()) {
      if (!lacksMachine(share)) {
        continue;
      }
      if (presence(share) == 0) {
        Duration waited = Duration.between(share.absentSince, time);
        require(
            waited.compareTo(share.patience()) <= 0,
            "woken after the patience of a build",
            share.terms);
      }
      Instant before = now;
      if (!before.isBefore(time)) {
        continue;
      }
      now = time.minusNanos(1);
      for (EntryFacts entry : wanted(share)) {
        require(!isFree(entry), "woken after a machine came back", share.terms, entry);
      }
      now = before;
    }
  }

  private void added(RequestFacts request, List<BuildSpec> specs) {
    for (BuildSpec spec : specs) {
      BuildFacts build = new BuildFacts(spec, request);
      builds.put(spec.build().number(), build);
      request.open.add(spec.build().number());
    }
  }

  private static void endLost(AttemptFacts attempt) {
    if (attempt.slot == Slot.LOST) {
      attempt.slot = Slot.GONE;
    }
  }

  private void prove(AttemptFacts attempt) {
    attempt.entry.host.forgive();
  }

  private void succeeded(AttemptFacts attempt, Event.AttemptSucceeded event) {
    boolean wasStopped = attempt.share.isStopped();
    endLost(attempt);
    prove(attempt);
    attempt.share.attemptsBefore = attempt.share.attempts;
    attempt.share.tried.clear();
    over(attempt, wasStopped ? BuildEnd.Cancelled.class : null);
    for (ShareFacts share : shares()) {
      for (BuildFacts build : share.members) {
        if (share.derivation().equals(attempt.share.derivation())
            && build.isCoveredBy(event.outputs())) {
          boolean isKept = !event.notKept().containsKey(build.spec.build());
          expectedEnds.put(build, isKept ? BuildEnd.Succeeded.class : BuildEnd.class);
        }
      }
    }
  }

  private void failed(AttemptFacts attempt, Failure failure) {
    endLost(attempt);
    ShareFacts share = attempt.share;
    boolean isVerdict = failure.culprit() == Culprit.DERIVATION;
    boolean isLost = attempt.isLeaseLost && !isVerdict;
    if (share.isStopped()) {
      over(attempt, BuildEnd.Cancelled.class);
      return;
    }
    HostFacts host = attempt.entry.host;
    if (isVerdict) {
      prove(attempt);
    } else if (!isLost
        && failure.culprit() == Culprit.MACHINE
        && (host.outages == 0 || attempt.number > host.newestInOutage)) {
      outage = attempt;
    }
    boolean isFinal =
        isVerdict || (!isLost && failure.retry() == RetryAdvice.NEVER) || share.isExhausted();
    if (!isFinal && !isLost && failure.retry() == RetryAdvice.OTHER_MACHINE) {
      share.tried.add(attempt.entry.host);
    }
    over(attempt, isFinal ? BuildEnd.Failed.class : null);
  }

  private void over(AttemptFacts attempt, Class<? extends BuildEnd> end) {
    attempts.remove(attempt.number);
    attempt.share.attempt = null;
    overAttempt = attempt;
    expectedReports.addAll(farm.over(attempt.entry));
    if (end != null) {
      attempt.share.members.forEach(member -> expectedEnds.put(member, end));
    }
  }

  /** Checks the effects of the event told last, and the state that they leave. */
  void check(Event event, List<Effect> effects) {
    AttemptFacts justOver = overAttempt;
    overAttempt = null;
    List<BuildFacts> justEnded = new ArrayList<>();
    List<MachineReport> reports = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof Effect.ReleaseLease e) {
        released(e, justOver);
      } else if (effect instanceof Effect.ReportMachine e) {
        reports.add(e.report());
      } else if (effect instanceof Effect.ReportResting e) {
        resting(e);
      } else if (effect instanceof Effect.Joined e) {
        joined(e);
      } else if (effect instanceof Effect.ReportEnd e) {
        justEnded.add(reportedEnd(e));
      } else if (effect instanceof Effect.ReportRequestEnd e) {
        RequestFacts request = requests.remove(e.request());
        require(request != null, "a request ended twice", e);
        require(request.isOver(), "a request ended before its time", e);
      }
    }
    for (BuildFacts build : justEnded) {
      if (build.share != null) {
        build.share.members.remove(build);
      }
    }
    for (BuildFacts build : builds.values()) {
      if (isReady(build) && !build.request.isStopped) {
        share(build);
      }
    }
    require(
        reports.equals(expectedReports), "not what became of machines", reports, expectedReports);
    require(outage == null, "an outage was not counted", String.valueOf(outage));
    if (justOver != null) {
      require(justOver.slot == Slot.GONE, "a lease was not released", justOver.number);
    }
    if (event instanceof Event.SlotDone e) {
      AttemptFacts attempt = attempts.get(e.attempt().number());
      require(attempt.slot == Slot.GONE, "a lease was not released", attempt.number);
    }
    expectedEnds.forEach(
        (build, end) -> {
          require(build.end != null, "a build did not end", build.spec.build());
          require(end.isInstance(build.end), "a build ended otherwise", build.spec, build.end);
        });
    forgive(effects);
    for (Effect effect : effects) {
      if (effect instanceof Effect.RequestLease e) {
        placed(e);
      } else if (effect instanceof Effect.StartAttempt e) {
        started(event, e);
      } else if (effect instanceof Effect.StopAttempt e) {
        stopped(e);
      } else if (effect instanceof Effect.ReportWaiting e) {
        reportedWaiting(e);
      }
    }
    checkState();
  }

  private void released(Effect.ReleaseLease effect, AttemptFacts justOver) {
    AttemptFacts attempt = attempts.get(effect.attempt().number());
    if (attempt == null && justOver != null && justOver.number == effect.attempt().number()) {
      attempt = justOver;
    }
    require(attempt != null, "an effect for an attempt that is over", effect);
    require(attempt.slot == Slot.HELD, "a lease released that is not held", effect);
    attempt.slot = Slot.GONE;
    attempt.entry.refusedUntil = Instant.MIN;
  }

  private void resting(Effect.ReportResting effect) {
    require(outage != null, "an outage was counted twice", effect);
    HostFacts host = outage.entry.host;
    host.outages++;
    double millis =
        Math.min(
            restRule.longest().toMillis(),
            restRule.first().toMillis() * Math.pow(restRule.factor(), host.outages - 1.0));
    double rest = Duration.between(now, effect.until()).toMillis();
    require(
        rest >= millis - 1 && rest <= millis * (1 + restRule.jitter()) + 1,
        "a rest has the wrong length",
        effect,
        millis);
    host.restUntil = effect.until();
    host.newestInOutage = host.newest;
    outage = null;
  }

  private static boolean isSameWork(BuildSpec a, BuildSpec b) {
    return a.wanted().derivation().equals(b.wanted().derivation())
        && a.wanted().options().equals(b.wanted().options())
        && a.demand().equals(b.demand());
  }

  /** What is done for a build that has all its inputs: something of its own if it joined nobody. */
  private ShareFacts share(BuildFacts build) {
    if (build.share == null) {
      require(isReady(build), "something is done for a build without inputs", build.spec);
      for (ShareFacts other : shares()) {
        require(
            !isSameWork(other.terms, build.spec) || other.isStopped(),
            "the same is done twice",
            build.spec,
            other.terms);
      }
      ShareFacts share = new ShareFacts(build.spec);
      share.fitting = farm.fitting(build.spec.demand());
      share.members.add(build);
      build.share = share;
    }
    return build.share;
  }

  private void joined(Effect.Joined effect) {
    BuildFacts build = builds.get(effect.build().number());
    BuildFacts with = builds.get(effect.with().number());
    require(isReady(build) && build.share == null, "joined what it must not", effect);
    require(with.end == null, "joined one that is over", effect);
    ShareFacts share = share(with);
    require(isSameWork(share.terms, build.spec), "joined on other terms", effect);
    require(!share.isStopped(), "joined what is being stopped", effect);
    share.members.add(build);
    build.share = share;
    share.absentSince = null;
  }

  private BuildFacts reportedEnd(Effect.ReportEnd effect) {
    BuildFacts build = builds.get(effect.build().number());
    require(build != null && build.end == null, "an end was reported twice", effect);
    Class<? extends BuildEnd> expected = expectedEnds.get(build);
    if (effect.end() instanceof BuildEnd.Succeeded) {
      require(expected == BuildEnd.Succeeded.class, "no success", effect);
      build.share.members.remove(build);
    } else if (effect.end() instanceof BuildEnd.Cancelled) {
      require(build.request.isStopped, "cancelled by nobody", effect);
      if (build.share != null) {
        build.share.members.remove(build);
        require(
            build.share.attempt == null || !build.share.members.isEmpty(),
            "a build ended while it is attempted for nobody else",
            effect);
      }
    } else if (effect.end() instanceof BuildEnd.DependencyFailed e) {
      BuildEnd cause = builds.get(e.rootCause().number()).end;
      require(
          cause instanceof BuildEnd.Failed || cause instanceof BuildEnd.Declined,
          "not a root cause",
          effect);
      require(!isReady(build), "has all it depends on", effect);
    } else {
      ShareFacts share = share(build);
      require(share.attempt == null, "a build failed while it is attempted", effect);
      if (effect.end() instanceof BuildEnd.Declined) {
        require(!farm.everFitted(build.spec.demand()), "declined unduly", effect);
      } else if (expected == null && !share.isExhausted()) {
        checkGivenUp(share, effect);
      } else if (expected == BuildEnd.class) {
        share.members.remove(build);
      }
    }
    build.end = effect.end();
    build.request.open.remove(effect.build().number());
    if ((effect.end() instanceof BuildEnd.Failed || effect.end() instanceof BuildEnd.Declined)
        && build.request.rules.onFailure() == OnFailure.STOP) {
      build.request.isJustStopped |= !build.request.isStopped;
      build.request.isStopped = true;
    }
    return build;
  }

  private void checkGivenUp(ShareFacts share, Effect.ReportEnd effect) {
    require(lacksMachine(share), "a build failed that does not wait for a machine", effect);
    require(presence(share) == 0, "given up while a machine is there", effect);
    require(isPatienceOver(share), "given up too early", effect);
    require(!isOtherSideThere(share), "given up though another machine is there", effect);
  }

  /**
   * Builds whose side of the farm is away may go to the other when their patience is over, and
   * builds of which no untried machine is there may try the tried ones again, unless another build
   * of the derivation has come first.
   */
  private void forgive(List<Effect> effects) {
    Map<StorePath, ShareFacts> placed = new HashMap<>();
    for (Effect effect : effects) {
      if (effect instanceof Effect.RequestLease e) {
        ShareFacts share = share(builds.get(e.build().number()));
        placed.put(share.derivation(), share);
      }
    }
    // One that comes first without being forgiven does so before the others are looked at.
    placed.values().removeIf(share -> isForgiven(share) || isGoingElsewhere(share));
    for (ShareFacts share : shares()) {
      if (placed.getOrDefault(share.derivation(), share) != share) {
        continue;
      }
      if (isGoingElsewhere(share)) {
        share.locality = Locality.ANY;
        share.absentSince = null;
        share.members.forEach(member -> member.toldReason = null);
      }
      if (isForgiven(share)) {
        share.tried.clear();
        share.absentSince = null;
      }
    }
  }

  private boolean isGoingElsewhere(ShareFacts share) {
    return lacksMachine(share) && isOtherSideThere(share) && isPatienceOver(share);
  }

  private boolean isForgiven(ShareFacts share) {
    return lacksMachine(share) && !share.tried.isEmpty() && presence(share) == 0;
  }

  private void placed(Effect.RequestLease effect) {
    ShareFacts share = share(builds.get(effect.build().number()));
    EntryFacts entry = farm.listed(effect.machine());
    require(!share.members.isEmpty(), "something was placed for nobody", effect);
    require(lacksMachine(share), "a derivation is attempted twice at once", effect);
    require(share.fitting.contains(entry), "a build was placed where it does not fit", effect);
    require(!share.tried.contains(entry.host), "a machine was tried again", effect);
    require(wanted(share).contains(entry), "placed on the wrong side", effect, share.locality);
    boolean isLocal = entry.machine.isLocal();
    boolean isYielding =
        share.locality == (isLocal ? Locality.REMOTE_WHEN_FREE : Locality.LOCAL_WHEN_FREE);
    require(
        !isYielding
            || wanted(share).stream()
                .noneMatch(other -> other.machine.isLocal() != isLocal && isFree(other)),
        "placed on one side though the other was free",
        effect,
        share.locality);
    require(
        share.members.stream().anyMatch(m -> !m.request.isStopped || m.request.isJustStopped),
        "a build was placed after its request was stopped",
        effect);
    require(isFree(entry), "a machine was given a build that is not free", effect);
    AttemptFacts attempt = new AttemptFacts(effect.attempt().number(), share, entry);
    require(attempt.number > entry.host.newest, "attempts do not ascend", effect);
    entry.host.newest = attempt.number;
    entry.attempts++;
    attempts.put(attempt.number, attempt);
    share.attempt = attempt;
  }

  private void started(Event event, Effect.StartAttempt effect) {
    AttemptFacts attempt = attempts.get(effect.attempt().number());
    require(attempt != null && attempt.slot == Slot.HELD, "started without a slot", effect);
    require(event.equals(new Event.LeaseGranted(effect.attempt())), "started unasked", effect);
    EntryFacts entry = attempt.entry;
    require(entry.takesNew(), "started where nothing new may begin", effect, entry);
    require(effect.machine().equals(entry.machine), "started on another machine", effect, entry);
    require(slotsTaken(entry) <= entry.machine.maxJobs(), "started beyond max jobs", effect, entry);
    ShareFacts share = attempt.share;
    require(builds.get(effect.build().number()).share == share, "started for another", effect);
    require(!share.isExhausted(), "too many attempts", effect);
    share.attempts++;
    share.members.forEach(member -> member.toldReason = null);
    require(effect.number() == share.attempts, "attempts are counted wrongly", effect);
    attempt.outputs = outputsNow(effect.attempt());
  }

  private void stopped(Effect.StopAttempt effect) {
    AttemptFacts attempt = attempts.get(effect.attempt().number());
    require(attempt != null, "an attempt was stopped that is over", effect);
    require(attempt.slot != Slot.ASKED, "an attempt was stopped that has not begun", effect);
    require(!attempt.isStopReported, "an attempt was stopped twice", effect);
    require(attempt.isLeaseLost || attempt.share.isStopped(), "stopped unduly", effect);
    attempt.isStopReported = true;
  }

  private void reportedWaiting(Effect.ReportWaiting effect) {
    require(!effect.builds().isEmpty(), "nobody waits", effect);
    for (BuildId id : effect.builds()) {
      BuildFacts build = builds.get(id.number());
      require(build.toldReason != effect.reason().getClass(), "a wait was reported twice", id);
      build.toldReason = effect.reason().getClass();
      AttemptFacts instead = attemptOf(build.share.derivation());
      if (effect.reason() instanceof WaitReason.BuiltForAnother reason) {
        require(instead != null && instead.share != build.share, "not built for another", id);
        require(instead.machine.equals(reason.machine()), "built elsewhere", id);
      } else {
        require(instead == null, "it is being built", id);
      }
    }
  }

  private void checkState() {
    for (EntryFacts entry : farm.listed()) {
      require(!isFarmFixed || slotsTaken(entry) <= entry.machine.maxJobs(), "too many", entry);
    }
    Set<StorePath> attempted = new HashSet<>();
    for (AttemptFacts attempt : attempts.values()) {
      require(
          attempt.slot == Slot.ASKED
              || attempt.isStopReported
              || !(attempt.isLeaseLost || attempt.share.isStopped()),
          "an attempt was not stopped",
          attempt.number);
      require(!attempt.share.members.isEmpty(), "an attempt for nobody", attempt.number);
      require(
          attempted.add(attempt.share.derivation()),
          "a derivation is attempted twice at once",
          attempt.number);
    }
    farm.forget(now);
    for (BuildFacts build : builds.values()) {
      if (build.end == null) {
        checkOpen(build);
      }
    }
    for (ShareFacts share : shares()) {
      if (lacksMachine(share)) {
        checkWaiting(share);
      } else {
        share.absentSince = null;
      }
    }
    requests.forEach((id, request) -> require(!request.isOver(), "a request did not end", id));
  }

  private void checkOpen(BuildFacts build) {
    BuildId id = build.spec.build();
    boolean isAttempted = build.share != null && build.share.attempt != null;
    require(!build.request.isStopped || isAttempted, "a stopped build waits", id);
    for (BuildId dependency : build.spec.dependsOn()) {
      BuildEnd end = builds.get(dependency.number()).end;
      require(
          end == null || end instanceof BuildEnd.Succeeded || build.request.isStopped,
          "waits for what has failed",
          id);
    }
    if (build.share != null && !isAttempted) {
      Class<? extends WaitReason> reason =
          lacksMachine(build.share) ? WaitReason.NoMachine.class : WaitReason.BuiltForAnother.class;
      require(build.toldReason == reason, "a build waits and nobody was told", id);
      require(!build.share.isExhausted(), "waits for an attempt that it will not get", id);
    }
  }

  private void checkWaiting(ShareFacts share) {
    for (EntryFacts entry : wanted(share)) {
      require(!isFree(entry), "a build waits though a machine is free", share.terms, entry);
    }
    int presence = presence(share);
    if (presence == 2) {
      share.absentSince = null;
    } else if (share.absentSince == null) {
      share.absentSince = now;
    }
    if (presence == 0) {
      require(
          Duration.between(share.absentSince, now).compareTo(share.patience()) < 0,
          "a build waits longer than its patience",
          share.terms);
    }
  }

  /** Checks that nothing is left. */
  void checkEnd() {
    require(requests.isEmpty(), "requests did not end", requests.keySet());
    require(attempts.isEmpty(), "attempts did not end", attempts.keySet());
    builds.forEach((id, build) -> require(build.end != null, "a build did not end", id));
  }
}
