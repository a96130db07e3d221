package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Decides what is done next: which build goes to which machine, what is tried again and where, and
 * when a request is over.
 *
 * <p>A deterministic state machine: the same events at the same times give the same effects. It is
 * not safe for use by several threads.
 *
 * @since 0.1
 */
public final class Dispatcher {
  private final SelectionPolicy policy;
  private final MachineBook machines;
  private final ReadyBuilds ready = new ReadyBuilds();
  private final Map<BuildId, Build> builds = new HashMap<>();
  private final Map<RequestId, Request> requests = new TreeMap<>();
  private final Map<AttemptId, Attempt> attempts = new TreeMap<>();
  private long lastAttempt;

  private List<Effect> effects = new ArrayList<>();
  private Instant now = Instant.EPOCH;

  /**
   * A dispatcher without work.
   *
   * @param farm the machines
   * @param policy chooses among them
   * @param restRule how long a failing one is left alone
   * @param random for the jitter of rests
   */
  public Dispatcher(Farm farm, SelectionPolicy policy, RestRule restRule, RandomGenerator random) {
    this.policy = requireNonNull(policy, "policy");
    this.machines = new MachineBook(farm, restRule, random);
  }

  /**
   * Takes an event and says what is to be done.
   *
   * @param event what happened
   * @param time when; never earlier than the last time given
   * @return what to do, in this order
   */
  public List<Effect> handle(Event event, Instant time) {
    if (time.isBefore(now)) {
      throw new IllegalArgumentException("Time runs backwards: " + time + " after " + now);
    }
    now = time;
    effects = new ArrayList<>();
    if (event instanceof Event.Submitted e) {
      submit(e);
    } else if (event instanceof Event.LeaseGranted e) {
      leaseGranted(attempt(e.attempt()));
    } else if (event instanceof Event.LeaseRefused e) {
      leaseRefused(attempt(e.attempt()), e.reason());
    } else if (event instanceof Event.LeaseLost e) {
      leaseLost(e.attempt(), e.reason());
    } else if (event instanceof Event.SlotDone e) {
      giveBackSlot(attempt(e.attempt()));
    } else if (event instanceof Event.AttemptSucceeded e) {
      attemptSucceeded(attempt(e.attempt()));
    } else if (event instanceof Event.AttemptFailed e) {
      attemptFailed(attempt(e.attempt()), e.failure());
    } else if (event instanceof Event.RequestCancelled e) {
      Request request = requests.get(e.request());
      if (request != null) {
        stopAll(request, e.reason());
      }
    }
    place();
    machines.nextChange(now).ifPresent(this::wakeAt);
    return mergeWakes(effects);
  }

  /** The number of builds that are not over. */
  public int unfinishedBuilds() {
    return builds.size();
  }

  private void submit(Event.Submitted submitted) {
    if (requests.containsKey(submitted.request())) {
      throw new IllegalArgumentException(submitted.request() + " is there already");
    }
    Request request = new Request(submitted.request(), submitted.rules());
    for (BuildSpec spec : submitted.builds()) {
      Build build = new Build(spec.build(), request, spec.demand());
      if (builds.putIfAbsent(spec.build(), build) != null) {
        throw new IllegalArgumentException(spec.build() + " is there already");
      }
      request.builds.add(build);
    }
    for (BuildSpec spec : submitted.builds()) {
      Build build = requireNonNull(builds.get(spec.build()));
      build.missingDependencies = spec.dependsOn().size();
      for (BuildId dependency : spec.dependsOn()) {
        Build needed = builds.get(dependency);
        if (needed == null || needed.request != request) {
          throw new IllegalArgumentException(
              spec.build() + " depends on " + dependency + ", which is not in the request");
        }
        needed.dependents.add(build);
      }
    }
    measureChains(request);
    request.unfinished = request.builds.size();
    requests.put(request.id, request);
    for (Build build : request.builds) {
      if (build.missingDependencies == 0) {
        ready.add(build);
      }
    }
    endIfDone(request);
  }

  /** Sets each build's chain length, walking from those that nothing waits for. */
  private static void measureChains(Request request) {
    Map<Build, Integer> openDependents = new HashMap<>();
    Map<Build, List<Build>> dependencies = new HashMap<>();
    for (Build build : request.builds) {
      openDependents.put(build, build.dependents.size());
      for (Build dependent : build.dependents) {
        dependencies.computeIfAbsent(dependent, d -> new ArrayList<>()).add(build);
      }
    }
    Deque<Build> settled = new ArrayDeque<>();
    request.builds.stream().filter(b -> b.dependents.isEmpty()).forEach(settled::add);
    int count = 0;
    while (!settled.isEmpty()) {
      Build build = settled.remove();
      count++;
      for (Build needed : dependencies.getOrDefault(build, List.of())) {
        needed.chainLength = Math.max(needed.chainLength, build.chainLength + 1);
        if (openDependents.merge(needed, -1, Integer::sum) == 0) {
          settled.add(needed);
        }
      }
    }
    if (count != request.builds.size()) {
      throw new IllegalArgumentException(request.id + " has builds that wait for each other");
    }
  }

  private void leaseGranted(Attempt attempt) {
    attempt.slot = Attempt.Slot.HELD;
    if (attempt.isStopping) {
      giveBackSlot(attempt);
      forget(attempt);
      end(attempt.build, new BuildEnd.Cancelled(attempt.stopReason));
      return;
    }
    Build build = attempt.build;
    build.attempts++;
    effects.add(
        new Effect.StartAttempt(
            attempt.id, build.id, machines.machine(attempt.machine), build.attempts));
  }

  private void leaseRefused(Attempt attempt, String reason) {
    attempt.slot = Attempt.Slot.GIVEN_BACK;
    machines.refused(attempt.machine, reason, now);
    forget(attempt);
    if (attempt.isStopping) {
      end(attempt.build, new BuildEnd.Cancelled(attempt.stopReason));
    } else {
      ready.add(attempt.build);
    }
  }

  private void leaseLost(AttemptId id, String reason) {
    Attempt attempt = attempts.get(id);
    if (attempt == null || attempt.slot != Attempt.Slot.HELD) {
      return;
    }
    attempt.slot = Attempt.Slot.GIVEN_BACK;
    machines.free(attempt.machine, now);
    attempt.lostLease = Optional.of(reason);
    effects.add(new Effect.StopAttempt(attempt.id, "its slot was lost: " + reason));
  }

  private void giveBackSlot(Attempt attempt) {
    if (attempt.slot == Attempt.Slot.HELD) {
      attempt.slot = Attempt.Slot.GIVEN_BACK;
      machines.free(attempt.machine, now);
      effects.add(new Effect.ReleaseLease(attempt.id));
    }
  }

  private void attemptSucceeded(Attempt attempt) {
    giveBackSlot(attempt);
    forget(attempt);
    machines.proved(attempt.machine, now);
    end(attempt.build, new BuildEnd.Succeeded());
  }

  private void attemptFailed(Attempt attempt, Failure reported) {
    giveBackSlot(attempt);
    forget(attempt);
    Build build = attempt.build;
    if (attempt.isStopping) {
      end(build, new BuildEnd.Cancelled(attempt.stopReason));
      return;
    }
    Failure failure = attempt.lostLease.map(reason -> lostLease(attempt, reason)).orElse(reported);
    build.lastFailure = failure;
    if (failure.culprit() == Culprit.MACHINE) {
      machines
          .failed(attempt.machine, attempt.begun, failure.message(), now)
          .ifPresent(
              until ->
                  effects.add(
                      new Effect.ReportResting(
                          machines.machine(attempt.machine), until, failure.message())));
    } else if (failure.culprit() == Culprit.DERIVATION) {
      machines.proved(attempt.machine, now);
    }
    if (failure.retry() == RetryAdvice.NEVER
        || build.attempts >= build.request.rules.attemptLimit()) {
      end(build, new BuildEnd.Failed(failure));
      return;
    }
    if (failure.retry() == RetryAdvice.OTHER_MACHINE) {
      build.triedMachines.add(attempt.machine);
    }
    build.isWaitReported = false;
    ready.add(build);
  }

  private Failure lostLease(Attempt attempt, String reason) {
    String machine = machines.machine(attempt.machine).name();
    return new Failure(
        Phase.LEASE,
        FailureCause.LEASE_LOST,
        Culprit.UNKNOWN,
        RetryAdvice.SAME_MACHINE,
        Optional.of(machine),
        "Could not go on on " + machine + ": the slot was lost: " + reason,
        List.of());
  }

  private Attempt attempt(AttemptId id) {
    Attempt attempt = attempts.get(id);
    if (attempt == null) {
      throw new IllegalStateException(id + " is unknown or over");
    }
    return attempt;
  }

  private void forget(Attempt attempt) {
    attempts.remove(attempt.id);
    attempt.build.attempt = null;
    machines.over(attempt.machine, attempt.id, now);
  }

  private void end(Build build, BuildEnd end) {
    if (build.isEnded()) {
      return;
    }
    build.end = end;
    builds.remove(build.id);
    ready.remove(build);
    effects.add(new Effect.ReportEnd(build.id, end));
    Request request = build.request;
    request.unfinished--;
    if (end instanceof BuildEnd.Succeeded) {
      for (Build dependent : build.dependents) {
        dependent.missingDependencies--;
        if (dependent.missingDependencies == 0 && !dependent.isEnded()) {
          ready.add(dependent);
        }
      }
    } else if (!(end instanceof BuildEnd.Cancelled)) {
      failDependents(build);
      if (request.rules.onFailure() == OnFailure.STOP) {
        stopAll(request, "another derivation of the request failed");
      }
    }
    endIfDone(request);
  }

  /** Ends everything that can no longer be tried, and says which build is the reason. */
  private void failDependents(Build failed) {
    Deque<Build> open = new ArrayDeque<>(failed.dependents);
    Set<Build> seen = new HashSet<>();
    while (!open.isEmpty()) {
      Build build = open.remove();
      if (!seen.add(build) || build.isEnded()) {
        continue;
      }
      build.end = new BuildEnd.DependencyFailed(failed.id);
      builds.remove(build.id);
      build.request.unfinished--;
      effects.add(new Effect.ReportEnd(build.id, build.end));
      open.addAll(build.dependents);
    }
  }

  private void stopAll(Request request, String reason) {
    for (Build build : request.builds) {
      Attempt attempt = build.attempt;
      if (build.isEnded()) {
        continue;
      }
      if (attempt == null) {
        end(build, new BuildEnd.Cancelled(reason));
      } else if (!attempt.isStopping) {
        attempt.isStopping = true;
        attempt.stopReason = reason;
        if (attempt.slot != Attempt.Slot.ASKED) {
          effects.add(new Effect.StopAttempt(attempt.id, reason));
        }
      }
    }
    endIfDone(request);
  }

  private void endIfDone(Request request) {
    if (request.unfinished == 0 && requests.remove(request.id) != null) {
      effects.add(new Effect.ReportRequestEnd(request.id));
    }
  }

  /** Places builds, the most urgent first, until nothing more fits. */
  private void place() {
    Set<ReadyBuilds.Group> blocked = new HashSet<>();
    boolean isSettled = false;
    while (!isSettled) {
      isSettled = true;
      for (ReadyBuilds.Group group : ready.byUrgency()) {
        if (blocked.contains(group)) {
          continue;
        }
        Decision decision =
            policy.decide(
                machines.refusing(group.demand, group.triedMachines), machines.snapshot(now));
        if (decision instanceof Decision.Accept accept) {
          start(group.builds.first(), accept.position());
        } else {
          blocked.add(group);
          leaveWaiting(group, decision);
        }
        isSettled = false;
        break;
      }
    }
  }

  private void start(Build build, int machine) {
    ready.remove(build);
    build.absentSince = null;
    build.isWaitReported = false;
    lastAttempt++;
    Attempt attempt = new Attempt(new AttemptId(lastAttempt), build, machine, now);
    attempts.put(attempt.id, attempt);
    build.attempt = attempt;
    machines.take(machine, attempt.id, now);
    effects.add(new Effect.RequestLease(attempt.id, build.id, machines.machine(machine)));
  }

  private void leaveWaiting(ReadyBuilds.Group group, Decision decision) {
    boolean isBusy = decision instanceof Decision.Postpone && MachineBook.isAnyBusy(decision);
    for (Build build : List.copyOf(group.builds)) {
      if (build.isEnded()) {
        continue;
      }
      if (isBusy) {
        build.absentSince = null;
        reportWaiting(build, decision);
      } else if (decision instanceof Decision.Decline && build.triedMachines.isEmpty()) {
        end(build, new BuildEnd.Declined(decision));
      } else {
        waitForReturn(build, decision);
      }
    }
  }

  /** No machine that could take the build is there: its caller's patience decides. */
  private void waitForReturn(Build build, Decision decision) {
    if (build.absentSince == null) {
      build.absentSince = now;
    }
    Instant until = build.absentSince.plus(build.request.rules.patience());
    if (!now.isBefore(until)) {
      end(build, new BuildEnd.Failed(noMachine(build, decision)));
      return;
    }
    if (!build.triedMachines.isEmpty()) {
      // None is left that was not tried: those that were get another chance when they return.
      ready.remove(build);
      build.triedMachines.clear();
      ready.add(build);
    }
    wakeAt(until);
    reportWaiting(build, decision);
  }

  private Failure noMachine(Build build, Decision decision) {
    Failure last = build.lastFailure;
    if (last != null) {
      return last;
    }
    return new Failure(
        Phase.WAIT,
        FailureCause.NO_MACHINE,
        Culprit.MACHINE,
        RetryAdvice.SAME_MACHINE,
        Optional.empty(),
        "Could not find a machine in time: " + decision.explain(),
        List.of());
  }

  private void reportWaiting(Build build, Decision decision) {
    if (!build.isWaitReported) {
      build.isWaitReported = true;
      effects.add(new Effect.ReportWaiting(build.id, decision));
    }
  }

  private void wakeAt(Instant time) {
    effects.add(new Effect.WakeAt(time));
  }

  /** Leaves only the earliest wish to be woken, at the end. */
  private static List<Effect> mergeWakes(List<Effect> effects) {
    Optional<Effect.WakeAt> earliest =
        effects.stream()
            .filter(Effect.WakeAt.class::isInstance)
            .map(Effect.WakeAt.class::cast)
            .min(Comparator.comparing(Effect.WakeAt::time));
    List<Effect> merged = new ArrayList<>(effects);
    merged.removeIf(Effect.WakeAt.class::isInstance);
    earliest.ifPresent(merged::add);
    return List.copyOf(merged);
  }
}
