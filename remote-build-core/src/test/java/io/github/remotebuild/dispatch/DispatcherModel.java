package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.FarmModel.EntryFacts;
import io.github.remotebuild.dispatch.FarmModel.HostFacts;
import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.RetryAdvice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What must always hold of a dispatcher, told again in the plainest way, from its events and
 * effects alone.
 */
final class DispatcherModel extends DispatcherFacts {
  private final RestRule restRule;

  /** The attempt that this event may count as an outage, or null. */
  private AttemptFacts outage;

  /** The end that this event gives to one build, or null. */
  private BuildFacts ended;

  private Class<? extends BuildEnd> expectedEnd;

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

  /** Takes in what an event that is about to be told means. */
  void told(Event event, Instant time) {
    checkNothingWasMissed(time);
    now = time;
    outage = null;
    ended = null;
    expectedEnd = null;
    expectedReports.clear();
    farm.forget(now);
    requests.values().forEach(request -> request.isJustStopped = false);
    if (event instanceof Event.Submitted e) {
      submitted(e);
    } else if (event instanceof Event.LeaseGranted e) {
      AttemptFacts attempt = attempts.get(e.attempt().number());
      attempt.slot = Slot.HELD;
      boolean isAsBefore =
          attempt.entry.takesNew() && attempt.entry.machine.equals(attempt.machine);
      if (attempt.build.request.isStopped) {
        over(attempt, BuildEnd.Cancelled.class);
      } else if (!isAsBefore) {
        over(attempt, null);
      }
    } else if (event instanceof Event.LeaseRefused e) {
      AttemptFacts attempt = attempts.get(e.attempt().number());
      attempt.slot = Slot.GONE;
      refuse(attempt.entry);
      over(attempt, attempt.build.request.isStopped ? BuildEnd.Cancelled.class : null);
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
      AttemptFacts attempt = attempts.get(e.attempt().number());
      endLost(attempt);
      prove(attempt);
      over(attempt, BuildEnd.Succeeded.class);
    } else if (event instanceof Event.AttemptFailed e) {
      failed(attempts.get(e.attempt().number()), e.failure());
    } else if (event instanceof Event.RequestCancelled e && requests.containsKey(e.request())) {
      requests.get(e.request()).isStopped = true;
    } else if (event instanceof Event.FarmChanged e) {
      isFarmFixed = false;
      expectedReports.addAll(farm.change(e.farm(), now));
      builds.values().forEach(build -> build.fitting = farm.fitting(build.spec.demand()));
    } else if (event instanceof Event.MachinesOrdered e) {
      expectedReports.addAll(farm.obey(e, now));
    }
  }

  private void refuse(EntryFacts entry) {
    if (entry.isListed) {
      entry.refusedUntil = now.plus(MachineBook.ASK_AGAIN);
    }
  }

  /** Checks that nothing should have been done between the last event and this time. */
  private void checkNothingWasMissed(Instant time) {
    for (BuildFacts build : builds.values()) {
      if (!isReady(build)) {
        continue;
      }
      if (presence(build) == 0) {
        Duration waited = Duration.between(build.absentSince, time);
        require(
            waited.compareTo(build.request.rules.patience()) <= 0,
            "woken after the patience of a build",
            build.spec.build());
      }
      Instant before = now;
      if (!before.isBefore(time)) {
        continue;
      }
      now = time.minusNanos(1);
      for (EntryFacts entry : wanted(build)) {
        require(!isFree(entry), "woken after a machine came back", build.spec.build(), entry);
      }
      now = before;
    }
  }

  private void submitted(Event.Submitted event) {
    RequestFacts request = new RequestFacts(event.rules());
    requests.put(event.request(), request);
    for (BuildSpec spec : event.builds()) {
      BuildFacts build = new BuildFacts(spec, request);
      build.fitting = farm.fitting(spec.demand());
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

  private void failed(AttemptFacts attempt, Failure failure) {
    endLost(attempt);
    BuildFacts build = attempt.build;
    boolean isVerdict = failure.culprit() == Culprit.DERIVATION;
    boolean isLost = attempt.isLeaseLost && !isVerdict;
    if (build.request.isStopped) {
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
        isVerdict
            || (!isLost && failure.retry() == RetryAdvice.NEVER)
            || build.attempts >= build.request.rules.attemptLimit();
    if (!isFinal && !isLost && failure.retry() == RetryAdvice.OTHER_MACHINE) {
      build.tried.add(attempt.entry.host);
    }
    over(attempt, isFinal ? BuildEnd.Failed.class : null);
  }

  private void over(AttemptFacts attempt, Class<? extends BuildEnd> end) {
    attempts.remove(attempt.number);
    attempt.build.attempt = null;
    overAttempt = attempt;
    expectedReports.addAll(farm.over(attempt.entry));
    if (end != null) {
      ended = attempt.build;
      expectedEnd = end;
    }
  }

  /** The attempt that this event ends; only its slot may still be given back. */
  private AttemptFacts overAttempt;

  /** Checks the effects of the event told last, and the state that they leave. */
  void check(Event event, List<Effect> effects) {
    AttemptFacts justOver = overAttempt;
    overAttempt = null;
    List<MachineReport> reports = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof Effect.ReleaseLease e) {
        released(e, justOver);
      } else if (effect instanceof Effect.ReportMachine e) {
        reports.add(e.report());
      } else if (effect instanceof Effect.ReportResting e) {
        resting(e);
      } else if (effect instanceof Effect.ReportEnd e) {
        reportedEnd(e);
      } else if (effect instanceof Effect.ReportRequestEnd e) {
        RequestFacts request = requests.remove(e.request());
        require(request != null, "a request ended twice", e);
        require(request.open.isEmpty(), "a request ended before its builds", e);
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
    if (ended != null) {
      require(ended.end != null, "a build did not end", ended.spec.build());
      require(expectedEnd.isInstance(ended.end), "a build ended otherwise", ended.end);
    }
    forgive();
    for (Effect effect : effects) {
      if (effect instanceof Effect.RequestLease e) {
        placed(e);
      } else if (effect instanceof Effect.StartAttempt e) {
        started(event, e);
      } else if (effect instanceof Effect.StopAttempt e) {
        stopped(e);
      } else if (effect instanceof Effect.ReportWaiting e) {
        BuildFacts build = builds.get(e.build().number());
        require(!build.isWaitReported, "a wait was reported twice", e.build());
        build.isWaitReported = true;
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

  private void reportedEnd(Effect.ReportEnd effect) {
    BuildFacts build = builds.get(effect.build().number());
    require(build != null && build.end == null, "an end was reported twice", effect);
    require(build.attempt == null, "a build ended while it is attempted", effect);
    boolean wasReady = isReady(build);
    build.end = effect.end();
    build.request.open.remove(effect.build().number());
    if (effect.end() instanceof BuildEnd.Succeeded) {
      require(ended == build && expectedEnd == BuildEnd.Succeeded.class, "no success", effect);
    } else if (effect.end() instanceof BuildEnd.Cancelled) {
      require(build.request.isStopped, "cancelled by nobody", effect);
    } else if (effect.end() instanceof BuildEnd.Declined) {
      require(!farm.everFitted(build.spec.demand()), "declined unduly", effect);
    } else if (effect.end() instanceof BuildEnd.DependencyFailed e) {
      BuildEnd cause = builds.get(e.rootCause().number()).end;
      require(
          cause instanceof BuildEnd.Failed || cause instanceof BuildEnd.Declined,
          "not a root cause",
          effect);
    } else if (ended != build) {
      require(wasReady, "a build failed that did not wait", effect);
      require(presence(build) == 0, "given up while a machine is there", effect);
      require(isPatienceOver(build), "given up too early", effect);
      require(!isOtherSideThere(build), "given up though another machine is there", effect);
    }
    if ((effect.end() instanceof BuildEnd.Failed || effect.end() instanceof BuildEnd.Declined)
        && build.request.rules.onFailure() == OnFailure.STOP) {
      build.request.isJustStopped = !build.request.isStopped;
      build.request.isStopped = true;
    }
  }

  /**
   * Builds whose side of the farm is away may go to the other when their patience is over, and
   * builds of which no untried machine is there may try the tried ones again.
   */
  private void forgive() {
    for (BuildFacts build : builds.values()) {
      if (isReady(build) && isOtherSideThere(build) && isPatienceOver(build)) {
        build.locality = Locality.ANY;
        build.absentSince = null;
        build.isWaitReported = false;
      }
      if (isReady(build) && !build.tried.isEmpty() && presence(build) == 0) {
        build.tried.clear();
        build.absentSince = null;
      }
    }
  }

  private void placed(Effect.RequestLease effect) {
    BuildFacts build = builds.get(effect.build().number());
    EntryFacts entry = farm.listed(effect.machine());
    require(isReady(build), "a build was placed that does not wait for a machine", effect);
    require(build.fitting.contains(entry), "a build was placed where it does not fit", effect);
    require(!build.tried.contains(entry.host), "a machine was tried again", effect);
    require(wanted(build).contains(entry), "placed on the wrong side", effect, build.locality);
    boolean isLocal = entry.machine.isLocal();
    boolean isYielding =
        build.locality == (isLocal ? Locality.REMOTE_WHEN_FREE : Locality.LOCAL_WHEN_FREE);
    require(
        !isYielding
            || wanted(build).stream()
                .noneMatch(other -> other.machine.isLocal() != isLocal && isFree(other)),
        "placed on one side though the other was free",
        effect,
        build.locality);
    require(
        !build.request.isStopped || build.request.isJustStopped,
        "a build was placed after its request was stopped",
        effect);
    require(isFree(entry), "a machine was given a build that is not free", effect);
    AttemptFacts attempt = new AttemptFacts(effect.attempt().number(), build, entry);
    require(attempt.number > entry.host.newest, "attempts do not ascend", effect);
    entry.host.newest = attempt.number;
    entry.attempts++;
    attempts.put(attempt.number, attempt);
    build.attempt = attempt;
    build.absentSince = null;
  }

  private void started(Event event, Effect.StartAttempt effect) {
    AttemptFacts attempt = attempts.get(effect.attempt().number());
    require(attempt != null && attempt.slot == Slot.HELD, "started without a slot", effect);
    require(event.equals(new Event.LeaseGranted(effect.attempt())), "started unasked", effect);
    EntryFacts entry = attempt.entry;
    require(entry.takesNew(), "started where nothing new may begin", effect, entry);
    require(effect.machine().equals(entry.machine), "started on another machine", effect, entry);
    require(slotsTaken(entry) <= entry.machine.maxJobs(), "started beyond max jobs", effect, entry);
    BuildFacts build = attempt.build;
    build.attempts++;
    build.isWaitReported = false;
    require(effect.number() == build.attempts, "attempts are counted wrongly", effect);
    require(build.attempts <= build.request.rules.attemptLimit(), "too many attempts", effect);
  }

  private void stopped(Effect.StopAttempt effect) {
    AttemptFacts attempt = attempts.get(effect.attempt().number());
    require(attempt != null, "an attempt was stopped that is over", effect);
    require(attempt.slot != Slot.ASKED, "an attempt was stopped that has not begun", effect);
    require(!attempt.isStopReported, "an attempt was stopped twice", effect);
    require(attempt.isLeaseLost || attempt.build.request.isStopped, "stopped unduly", effect);
    attempt.isStopReported = true;
  }

  private void checkState() {
    for (EntryFacts entry : farm.listed()) {
      require(!isFarmFixed || slotsTaken(entry) <= entry.machine.maxJobs(), "too many", entry);
    }
    for (AttemptFacts attempt : attempts.values()) {
      require(
          attempt.slot == Slot.ASKED
              || attempt.isStopReported
              || !(attempt.isLeaseLost || attempt.build.request.isStopped),
          "an attempt was not stopped",
          attempt.number);
    }
    farm.forget(now);
    for (BuildFacts build : builds.values()) {
      if (isReady(build)) {
        checkWaiting(build);
      }
    }
  }

  private void checkWaiting(BuildFacts build) {
    BuildId id = build.spec.build();
    require(!build.request.isStopped, "a stopped build waits", id);
    require(build.isWaitReported, "a build waits and nobody was told", id);
    for (EntryFacts entry : wanted(build)) {
      require(!isFree(entry), "a build waits though a machine is free", id, entry);
    }
    int presence = presence(build);
    if (presence == 2) {
      build.absentSince = null;
    } else if (build.absentSince == null) {
      build.absentSince = now;
    }
    if (presence == 0) {
      require(
          Duration.between(build.absentSince, now).compareTo(build.request.rules.patience()) < 0,
          "a build waits longer than its patience",
          id);
    }
  }

  /** Checks that nothing is left. */
  void checkEnd() {
    require(requests.isEmpty(), "requests did not end", requests.keySet());
    require(attempts.isEmpty(), "attempts did not end", attempts.keySet());
  }
}
