package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.Availability;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.MachineState;
import io.github.remotebuild.policy.MachineVerdict;
import io.github.remotebuild.policy.Rejection;
import io.github.remotebuild.policy.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the dispatcher knows of the machines: who runs how much, and who is left alone until when.
 *
 * <p>Slots belong to an entry of the machines file, failures to a store key: entries that name one
 * host fail together.
 */
final class MachineBook {
  /** How long after a refusal the lease store is asked again. */
  static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** What is known of a store key. */
  private static final class Health {
    final List<Integer> positions = new ArrayList<>();

    /** Outages since the last build that was completed. */
    int failures;

    @Nullable Instant restUntil;
    Instant lastFailure = Instant.MIN;
    String reason = "";

    /** The one attempt that may find out whether the machine works again. */
    @Nullable AttemptId probe;
  }

  /** Keeps a build away from machines on which it came to nothing. */
  private record Tried(Set<String> names) implements MachineRule {
    @Override
    public boolean admits(Machine machine) {
      return !names.contains(machine.name());
    }

    @Override
    public String reason() {
      return "was tried already";
    }
  }

  private final Farm farm;
  private final RestRule restRule;
  private final RandomGenerator random;
  private final Map<StoreKey, Health> healthByKey = new HashMap<>();
  private final List<Health> health = new ArrayList<>();
  private final int[] running;
  private final Map<Integer, Instant> refusedUntil = new HashMap<>();
  private final Map<Integer, String> refusal = new HashMap<>();

  /** The entries whose state changes by time alone. */
  private final Set<Integer> timed = new TreeSet<>();

  private FarmSnapshot snapshot;

  MachineBook(Farm farm, RestRule restRule, RandomGenerator random) {
    this.farm = farm;
    this.restRule = restRule;
    this.random = random;
    this.running = new int[farm.size()];
    this.snapshot = FarmSnapshot.of(farm);
    for (int position = 0; position < farm.size(); position++) {
      Health shared =
          healthByKey.computeIfAbsent(farm.machine(position).storeKey(), key -> new Health());
      shared.positions.add(position);
      health.add(shared);
    }
  }

  Machine machine(int position) {
    return farm.machine(position);
  }

  FarmSnapshot snapshot(Instant now) {
    for (int position : List.copyOf(timed)) {
      refresh(position, now);
    }
    return snapshot;
  }

  Demand refusing(Demand demand, Set<Integer> positions) {
    if (positions.isEmpty()) {
      return demand;
    }
    Set<String> names = new TreeSet<>();
    positions.forEach(position -> names.add(farm.machine(position).name()));
    return demand.obeying(new Tried(names));
  }

  /** Whether a machine that could take the build is there, and only has no slot now. */
  static boolean isAnyBusy(Decision decision) {
    for (MachineVerdict each : decision.verdicts()) {
      if (each.verdict() instanceof Verdict.Rejected rejected
          && !rejected.isLasting()
          && rejected.reasons().stream().noneMatch(MachineBook::isAbsence)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAbsence(Rejection rejection) {
    return rejection instanceof Rejection.Resting || rejection instanceof Rejection.Draining;
  }

  void take(int position, AttemptId attempt, Instant now) {
    if (running[position] >= farm.machine(position).maxJobs()) {
      throw new IllegalStateException(
          farm.machine(position).name() + " has no slot left of " + running[position]);
    }
    running[position]++;
    Health of = health.get(position);
    if (of.failures > 0 && of.probe == null) {
      of.probe = attempt;
    }
    refreshAll(of, now);
  }

  void free(int position, Instant now) {
    if (running[position] <= 0) {
      throw new IllegalStateException(farm.machine(position).name() + " has no build to end");
    }
    running[position]--;
    refresh(position, now);
  }

  /** Notes that the lease store has no slot for us now. */
  void refused(int position, String reason, Instant now) {
    refusedUntil.put(position, now.plus(ASK_AGAIN));
    refusal.put(position, reason);
    free(position, now);
  }

  /** Notes that an attempt is over, whatever came of it. */
  void over(int position, AttemptId attempt, Instant now) {
    Health of = health.get(position);
    if (attempt.equals(of.probe)) {
      of.probe = null;
      refreshAll(of, now);
    }
  }

  /**
   * Notes that the machine failed an attempt that had begun at that time.
   *
   * @return until when it rests, if this is a failure of its own and not the same outage once more
   */
  Optional<Instant> failed(int position, Instant begun, String reason, Instant now) {
    Health of = health.get(position);
    if (of.failures > 0 && begun.isBefore(of.lastFailure)) {
      return Optional.empty();
    }
    of.failures++;
    of.lastFailure = now;
    of.reason = reason;
    of.probe = null;
    Instant until = now.plus(restRule.rest(of.failures, random));
    of.restUntil = until;
    refreshAll(of, now);
    return Optional.of(until);
  }

  /** Notes that the machine has completed a build. */
  void proved(int position, Instant now) {
    Health of = health.get(position);
    if (of.failures > 0) {
      of.failures = 0;
      of.restUntil = null;
      of.probe = null;
      refreshAll(of, now);
    }
  }

  /** The next time at which a machine changes its state by itself. */
  Optional<Instant> nextChange(Instant now) {
    Instant next = null;
    for (int position : timed) {
      for (Instant change : changes(position)) {
        if (change.isAfter(now) && (next == null || change.isBefore(next))) {
          next = change;
        }
      }
    }
    return Optional.ofNullable(next);
  }

  private List<Instant> changes(int position) {
    List<Instant> changes = new ArrayList<>();
    Instant rest = health.get(position).restUntil;
    if (rest != null) {
      changes.add(rest);
    }
    Instant refused = refusedUntil.get(position);
    if (refused != null) {
      changes.add(refused);
    }
    return changes;
  }

  private void refreshAll(Health of, Instant now) {
    of.positions.forEach(position -> refresh(position, now));
  }

  private void refresh(int position, Instant now) {
    Health of = health.get(position);
    if (of.restUntil != null && !now.isBefore(of.restUntil)) {
      of.restUntil = null;
    }
    Instant refused = refusedUntil.get(position);
    if (refused != null && !now.isBefore(refused)) {
      refusedUntil.remove(position);
      refusal.remove(position);
    }
    if (changes(position).isEmpty()) {
      timed.remove(position);
    } else {
      timed.add(position);
    }
    MachineState state = new MachineState(running[position], availability(position, of));
    if (!state.equals(snapshot.state(position))) {
      snapshot = snapshot.with(position, state);
    }
  }

  private Availability availability(int position, Health of) {
    if (of.restUntil != null) {
      return new Availability.Resting(of.restUntil, of.reason);
    }
    if (of.probe != null) {
      return new Availability.HeldByOthers("a first build that tries whether it works again");
    }
    String reason = refusal.get(position);
    return reason == null ? Availability.available() : new Availability.HeldByOthers(reason);
  }
}
