package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.Attempt.Slot;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is done next: which build goes to which machine, what is tried again and where, and
 * when a request is over.
 *
 * <p>A deterministic state machine: the same events at the same times give the same effects. It is
 * not safe for use by several threads. An event that cannot be, such as an answer nobody asked for,
 * is refused with an exception and changes nothing.
 *
 * @since 0.1
 */
public final class Dispatcher {
  private final MachineBook machines;
  private final Callers callers;
  private final ReadyBuilds ready;
  private final SharedBuilds shared;
  private final Requests requests;
  private final Placement placement;
  private final Map<AttemptId, Attempt> attempts = new HashMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private long lastAttempt;
  private Instant now = Instant.MIN;

  /** The wish to be woken that stands, or null. */
  private @Nullable Instant wakeAskedFor;

  /**
   * A dispatcher without work.
   *
   * @param farm the machines
   * @param policy chooses among them; if it throws, or chooses a machine that cannot take the
   *     build, the build fails
   * @param restRule how long a failing one is left alone
   * @param shareRule how callers share it
   * @param random for the jitter of rests
   */
  public Dispatcher(
      Farm farm,
      SelectionPolicy policy,
      RestRule restRule,
      ShareRule shareRule,
      RandomGenerator random) {
    this.callers = new Callers(shareRule);
    this.ready = new ReadyBuilds(callers);
    this.machines = new MachineBook(farm, restRule, random);
    this.shared = new SharedBuilds(ready, effects);
    this.requests = new Requests(shared, effects);
    this.placement =
        new Placement(
            requireNonNull(policy, "policy"),
            machines,
            ready,
            callers,
            requests,
            effects,
            this::start);
  }

  /** A dispatcher without work, on whose farm every caller has the same share. */
  public Dispatcher(Farm farm, SelectionPolicy policy, RestRule restRule, RandomGenerator random) {
    this(farm, policy, restRule, ShareRule.equal(), random);
  }

  /**
   * Takes an event and says what is to be done.
   *
   * @param event what happened
   * @param time when; never earlier than the last time given
   * @return what to do, in this order
   * @throws IllegalArgumentException if time runs backwards, or if what is submitted is there
   *     already, not whole, or waits for itself; nothing changes
   * @throws IllegalStateException if the event tells of an attempt that is unknown, over, or not in
   *     the state for it; nothing changes
   */
  public List<Effect> handle(Event event, Instant time) {
    if (time.isBefore(now)) {
      throw new IllegalArgumentException("Time runs backwards: " + time + " after " + now);
    }
    now = time;
    machines.advance(now);
    callers.advance(now);
    apply(event);
    Optional<Instant> deadline = placement.place(now);
    shared.reportPutAside();
    boolean isWoken = event instanceof Event.Woken;
    askToBeWoken(earlier(deadline, machines.nextChange()), isWoken);
    List<Effect> result = List.copyOf(effects);
    effects.clear();
    return result;
  }

  private void apply(Event event) {
    if (event instanceof Event.Submitted e) {
      requests.submit(e, now);
    } else if (event instanceof Event.Grown e) {
      requests.grow(e, now);
    } else if (event instanceof Event.Sealed e) {
      requests.seal(e.request());
    } else if (event instanceof Event.LeaseGranted e) {
      leaseGranted(attempt(e.attempt(), Slot.ASKED));
    } else if (event instanceof Event.LeaseRefused e) {
      leaseRefused(attempt(e.attempt(), Slot.ASKED), e.reason());
    } else if (event instanceof Event.LeaseLost e) {
      leaseLost(e.attempt(), e.reason());
    } else if (event instanceof Event.SlotDone e) {
      giveBackSlot(attempt(e.attempt(), Slot.HELD, Slot.LOST));
    } else if (event instanceof Event.AttemptSucceeded e) {
      attemptSucceeded(attempt(e.attempt(), Slot.HELD, Slot.LOST, Slot.GIVEN_BACK), e);
    } else if (event instanceof Event.AttemptFailed e) {
      attemptFailed(attempt(e.attempt(), Slot.HELD, Slot.LOST, Slot.GIVEN_BACK), e.failure());
    } else if (event instanceof Event.RequestCancelled e) {
      requests.cancel(e.request(), e.reason(), now);
    } else if (event instanceof Event.FarmChanged e) {
      farmChanged(machines.change(e.farm()));
    } else if (event instanceof Event.MachinesOrdered e) {
      farmChanged(machines.obey(e.machines(), e.order(), now));
    }
  }

  private void farmChanged(List<MachineReport> reports) {
    reports.forEach(report -> effects.add(new Effect.ReportMachine(report)));
    placement.farmChanged();
  }

  /** The number of builds that are not over. */
  public int unfinishedBuilds() {
    return requests.unfinishedBuilds();
  }

  /**
   * The builds that {@link Event.AttemptSucceeded} would end if it told of these outputs: those
   * that the attempt was made for, and those that have joined it or wait for it to be over.
   *
   * @throws IllegalStateException if the attempt is unknown or over
   */
  public List<BuildId> served(AttemptId attempt, Set<String> outputs) {
    return shared.served(attempt(attempt, Slot.HELD, Slot.LOST, Slot.GIVEN_BACK), outputs).stream()
        .map(node -> node.id)
        .toList();
  }

  /** Whether nothing is left of any request. */
  boolean isIdle() {
    return attempts.isEmpty() && requests.isEmpty() && shared.isEmpty() && ready.isEmpty();
  }

  /** What each caller has of the farm. */
  List<CallerFigures> callers() {
    return callers.figures();
  }

  private Attempt attempt(AttemptId id, Slot... allowed) {
    Attempt attempt = attempts.get(id);
    if (attempt == null) {
      throw new IllegalStateException(id + " is unknown or over");
    }
    if (!List.of(allowed).contains(attempt.slot)) {
      throw new IllegalStateException(
          id + " cannot have this event now: its slot is " + attempt.slot);
    }
    return attempt;
  }

  private void start(PlaceInLine place, int position) {
    lastAttempt++;
    MachineEntry entry = machines.entry(position);
    SlotCharge charge = callers.ask(place.account);
    Attempt attempt = new Attempt(new AttemptId(lastAttempt), place.build, entry, charge);
    machines.take(entry, attempt.id);
    shared.begun(attempt);
    attempts.put(attempt.id, attempt);
    effects.add(new Effect.RequestLease(attempt.id, place.build.id(), attempt.machine));
  }

  private void leaseGranted(Attempt attempt) {
    attempt.slot = Slot.HELD;
    Build build = attempt.build;
    if (attempt.isStopping) {
      giveBackSlot(attempt);
      forget(attempt);
      endStopped(attempt);
      return;
    }
    if (build.isExhausted() || !attempt.entry.stillTakes(attempt.machine)) {
      giveBackSlot(attempt);
      forget(attempt);
      goOn(build);
      return;
    }
    callers.begin(attempt.charge);
    build.attempts++;
    build.nodes().forEach(node -> node.told = Node.Told.NOTHING);
    attempt.outputs = build.outputs();
    effects.add(new Effect.StartAttempt(attempt.id, build.id(), attempt.machine, build.attempts));
  }

  private void leaseRefused(Attempt attempt, String reason) {
    attempt.slot = Slot.GIVEN_BACK;
    callers.over(attempt.charge);
    machines.refused(attempt.entry, reason, now);
    machines.free(attempt.entry);
    forget(attempt);
    if (attempt.isStopping) {
      endStopped(attempt);
    } else {
      goOn(attempt.build);
    }
  }

  /** A build was not attempted after all; those who wanted it most may be gone meanwhile. */
  private void goOn(Build build) {
    requests.endIfExhausted(build, now);
    shared.resume(build.same, now);
  }

  private void endStopped(Attempt attempt) {
    requests.endAll(attempt.build, new BuildEnd.Cancelled(attempt.stopReason), now);
    shared.resume(attempt.build.same, now);
  }

  /** The build is stopped, and counted on the machine until it has ended there. */
  private void leaseLost(AttemptId id, String reason) {
    Attempt attempt = attempts.get(id);
    if (attempt != null && attempt.slot == Slot.ASKED) {
      throw new IllegalStateException(id + " has no slot to lose");
    }
    // What was given back crossed with the message that it is lost.
    if (attempt == null || attempt.slot != Slot.HELD) {
      return;
    }
    attempt.slot = Slot.LOST;
    attempt.lostLease = Optional.of(reason);
    machines.refused(attempt.entry, reason, now);
    if (!attempt.isStopping) {
      effects.add(new Effect.StopAttempt(attempt.id, "its slot was lost: " + reason));
    }
  }

  private void giveBackSlot(Attempt attempt) {
    if (attempt.slot != Slot.GIVEN_BACK) {
      callers.over(attempt.charge);
    }
    if (attempt.slot == Slot.HELD) {
      machines.released(attempt.entry);
      effects.add(new Effect.ReleaseLease(attempt.id));
    } else if (attempt.slot == Slot.LOST) {
      machines.free(attempt.entry);
    }
    attempt.slot = Slot.GIVEN_BACK;
  }

  private void attemptSucceeded(Attempt attempt, Event.AttemptSucceeded event) {
    if (!event.outputs().containsAll(attempt.outputs)) {
      throw new IllegalStateException(
          attempt.id + " was to bring " + attempt.outputs + " and brought " + event.outputs());
    }
    giveBackSlot(attempt);
    List<Node> served = shared.served(attempt, event.outputs());
    forget(attempt);
    machines.proved(attempt.entry);
    attempt.build.succeeded();
    List<Node> kept = new ArrayList<>(served);
    kept.removeIf(node -> event.notKept().containsKey(node.id));
    requests.end(kept, new BuildEnd.Succeeded(), now);
    for (Node node : served) {
      Failure failure = event.notKept().get(node.id);
      if (failure != null && !node.isEnded()) {
        requests.end(List.of(node), new BuildEnd.Failed(failure), now);
      }
    }
    if (attempt.isStopping) {
      endStopped(attempt);
    } else {
      shared.resume(attempt.build.same, now);
    }
  }

  private void attemptFailed(Attempt attempt, Failure reported) {
    giveBackSlot(attempt);
    forget(attempt);
    Build build = attempt.build;
    if (attempt.isStopping) {
      endStopped(attempt);
      return;
    }
    boolean isVerdict = reported.culprit() == Culprit.DERIVATION;
    Failure failure =
        attempt
            .lostLease
            .filter(reason -> !isVerdict)
            .map(reason -> lostLease(attempt, reason))
            .orElse(reported);
    build.lastFailure = failure;
    if (isVerdict) {
      machines.proved(attempt.entry);
    } else if (failure.culprit() == Culprit.MACHINE) {
      machineFailed(attempt, failure);
    }
    if (isVerdict || failure.retry() == RetryAdvice.NEVER || build.isExhausted()) {
      requests.endAll(build, new BuildEnd.Failed(failure), now);
    } else if (failure.retry() == RetryAdvice.OTHER_MACHINE) {
      build.triedHosts.add(attempt.entry.host.number);
    }
    shared.resume(build.same, now);
  }

  private void machineFailed(Attempt attempt, Failure failure) {
    machines
        .failed(attempt.entry, attempt.id, failure.message(), now)
        .ifPresent(
            until ->
                effects.add(new Effect.ReportResting(attempt.machine, until, failure.message())));
  }

  private Failure lostLease(Attempt attempt, String reason) {
    String machine = attempt.machine.name();
    return new Failure(
        Phase.LEASE,
        FailureCause.LEASE_LOST,
        Culprit.UNKNOWN,
        RetryAdvice.SAME_MACHINE,
        Optional.of(machine),
        "Could not go on on " + machine + ": the slot was lost: " + reason,
        List.of());
  }

  private void forget(Attempt attempt) {
    attempts.remove(attempt.id);
    shared.over(attempt);
    if (machines.over(attempt.entry, attempt.id)) {
      effects.add(new Effect.ReportMachine(new MachineReport.Emptied(attempt.entry.machine)));
    }
  }

  private static Optional<Instant> earlier(Optional<Instant> a, Optional<Instant> b) {
    return a.isPresent() && (b.isEmpty() || a.get().isBefore(b.get())) ? a : b;
  }

  /** Repeats a wish only if it was another one or has come true. */
  private void askToBeWoken(Optional<Instant> time, boolean isWoken) {
    Instant standing = isWoken ? null : wakeAskedFor;
    if (standing != null && !standing.isAfter(now)) {
      standing = null;
    }
    wakeAskedFor = time.orElse(standing);
    if (wakeAskedFor != null && !wakeAskedFor.equals(standing)) {
      effects.add(new Effect.WakeAt(wakeAskedFor));
    }
  }
}
