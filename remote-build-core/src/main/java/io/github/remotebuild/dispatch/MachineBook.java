package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.HostHealth.Presence;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.policy.Availability;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.MachineState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What the dispatcher knows of the machines: who runs how much, and who is left alone until when.
 *
 * <p>Slots belong to an entry of the machines file, failures to a store key (a host, which builds
 * know by its number): entries that name one host fail together. Sets of entries are sets of bits,
 * by their positions in the farm as it is, so that a group of builds can be compared with the whole
 * farm at once.
 */
final class MachineBook {
  /** How long after a refusal the lease store is asked again, unless a slot is freed earlier. */
  static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  /** Keeps a build away from hosts on which it came to nothing. */
  private record Tried(Set<Integer> hosts, IdentityHashMap<Machine, Integer> hostOf)
      implements MachineRule {
    @Override
    public boolean admits(Machine machine) {
      Integer host = hostOf.get(machine);
      return host == null || !hosts.contains(host);
    }

    @Override
    public String reason() {
      return "was tried already";
    }
  }

  private final RestRule restRule;
  private final RandomGenerator random;

  private final Roster roster = new Roster();

  /** Which hosts and their entries may change by themselves, and when. */
  private final TreeMap<Instant, Set<HostHealth>> changes = new TreeMap<>();

  private final BitSet free = new BitSet();
  private final BitSet freed = new BitSet();
  private final BitSet there = new BitSet();
  private final BitSet onTrial = new BitSet();
  private long stateChanges;
  private long presenceChanges;
  private FarmSnapshot idle = FarmSnapshot.of(Farm.empty());
  private FarmSnapshot snapshot = idle;

  /**
   * By identity: a farm hands out the same instance each time, and comparing it is dear. Replaced
   * with the farm, because decisions made before keep it.
   */
  private IdentityHashMap<Machine, Integer> hostOf = new IdentityHashMap<>();

  MachineBook(Farm farm, RestRule restRule, RandomGenerator random) {
    this.restRule = requireNonNull(restRule, "restRule");
    this.random = requireNonNull(random, "random");
    change(farm);
  }

  /**
   * Takes over another list of machines. Positions mean something else afterwards.
   *
   * @return what became of each entry that is not as it was
   */
  List<MachineReport> change(Farm farm) {
    if (farm.equals(roster.farm())) {
      return List.of();
    }
    List<MachineReport> reports = roster.change(farm);
    hostOf = new IdentityHashMap<>();
    roster.listed().forEach(entry -> hostOf.put(entry.machine, entry.host.number));
    idle = FarmSnapshot.of(farm);
    snapshot = idle;
    stateChanges++;
    presenceChanges++;
    free.clear();
    there.clear();
    onTrial.clear();
    roster.listed().forEach(this::refresh);
    // Every group is decided anew, whether or not somebody was freed.
    freed.clear();
    return reports;
  }

  /**
   * Does to the entries that equal one of these machines what is ordered.
   *
   * @return what became of each entry that is not as it was, or of its host
   */
  List<MachineReport> obey(Set<Machine> machines, MachineOrder order, Instant now) {
    List<MachineReport> reports = new ArrayList<>();
    Set<HostHealth> done = new LinkedHashSet<>();
    for (MachineEntry entry : roster.listed()) {
      if (!machines.contains(entry.machine)) {
        continue;
      }
      if (order instanceof MachineOrder.EndRest) {
        if (entry.host.forgive()) {
          reports.add(new MachineReport.RestEnded(entry.machine));
          refresh(entry.host);
        }
      } else if (order instanceof MachineOrder.Rest rest) {
        if (done.add(entry.host) && rest.until().isAfter(now)) {
          entry.host.restByOrder(rest.until(), rest.reason());
          changeAt(rest.until(), entry.host);
          reports.add(new MachineReport.Resting(entry.machine, rest.until(), rest.reason()));
          refresh(entry.host);
        }
      } else {
        reports.addAll(entry.obey(order));
        refresh(entry);
      }
    }
    return reports;
  }

  /** The entry at that position of the farm as it is. */
  MachineEntry entry(int position) {
    return roster.listed().get(position);
  }

  FarmSnapshot snapshot() {
    return snapshot;
  }

  /** A number that is another one when the snapshot is. */
  long stateChanges() {
    return stateChanges;
  }

  /** The same farm without any load or failure. */
  FarmSnapshot idle() {
    return idle;
  }

  /** Machines that were on the list once, without any load or failure. */
  FarmSnapshot past() {
    return roster.past();
  }

  Demand avoiding(Set<Integer> triedHosts, Demand demand) {
    return triedHosts.isEmpty() ? demand : demand.obeying(new Tried(triedHosts, hostOf));
  }

  /** Whether one of these entries could be given a build now. */
  boolean isAnyFree(BitSet positions) {
    return free.intersects(positions);
  }

  /** Whether one of these entries can be given a build now and could not be before. */
  boolean isAnyFreed(BitSet positions) {
    return freed.intersects(positions);
  }

  boolean isAnyFreed() {
    return !freed.isEmpty();
  }

  void forgetFreed() {
    freed.clear();
  }

  /** The best that can be said of one of these entries; its slots do not matter. */
  Presence presence(BitSet positions) {
    if (there.intersects(positions)) {
      return Presence.THERE;
    }
    return onTrial.intersects(positions) ? Presence.ON_TRIAL : Presence.AWAY;
  }

  /** A number that is another one when a host has begun or ended a rest or a trial. */
  long presenceChanges() {
    return presenceChanges;
  }

  /** Lets time pass. */
  void advance(Instant now) {
    while (!changes.isEmpty() && !now.isBefore(changes.firstKey())) {
      for (HostHealth host : changes.pollFirstEntry().getValue()) {
        host.endRest(now);
        for (MachineEntry entry : host.entries) {
          if (entry.refusal != null && !now.isBefore(entry.refusal.until())) {
            entry.refusal = null;
          }
          refresh(entry);
        }
        roster.forgetIfIdle(host);
      }
    }
  }

  /** The next time at which a machine may change its state by itself. */
  Optional<Instant> nextChange() {
    return changes.isEmpty() ? Optional.empty() : Optional.of(changes.firstKey());
  }

  /** Counts a build. */
  void take(MachineEntry entry, AttemptId attempt) {
    if (entry.isFull()) {
      throw new IllegalStateException(entry + " has no slot left of " + entry.machine.maxJobs());
    }
    entry.running++;
    entry.attempts++;
    entry.host.begun(attempt);
    refresh(entry.host);
  }

  /** Counts a build no longer. */
  void free(MachineEntry entry) {
    if (entry.running <= 0) {
      throw new IllegalStateException(entry + " has no build to end");
    }
    entry.running--;
    refresh(entry);
  }

  /** Notes that we gave a slot back, so that there is one to be had again. */
  void released(MachineEntry entry) {
    entry.refusal = null;
    free(entry);
  }

  /** Notes that the lease store has no slot for us now. */
  void refused(MachineEntry entry, String reason, Instant now) {
    if (entry.isListed()) {
      Instant until = now.plus(ASK_AGAIN);
      entry.refusal = new MachineEntry.Refusal(until, reason);
      changeAt(until, entry.host);
      refresh(entry);
    }
  }

  /**
   * Notes that an attempt is over, whatever came of it.
   *
   * @return whether it was the last of an entry that gets no others
   */
  boolean over(MachineEntry entry, AttemptId attempt) {
    entry.attempts--;
    entry.host.over(attempt);
    refresh(entry.host);
    if (entry.attempts > 0 || (entry.isListed() && entry.ordered == null)) {
      return false;
    }
    if (!entry.isListed()) {
      roster.forget(entry);
    }
    return true;
  }

  /**
   * Notes that the machine failed the attempt.
   *
   * @return until when it rests, if this is an outage that has not been counted
   */
  Optional<Instant> failed(MachineEntry entry, AttemptId attempt, String reason, Instant now) {
    HostHealth host = entry.host;
    Optional<Instant> until = host.failed(attempt, reason, now, restRule, random);
    if (until.isPresent()) {
      changeAt(until.get(), host);
      // It may have been the last attempt on an entry that is gone; the rest is remembered.
      roster.remember(host);
    }
    refresh(host);
    return until;
  }

  /** Notes that the machine has completed a build. */
  void proved(MachineEntry entry) {
    entry.host.proved();
    refresh(entry.host);
  }

  private void changeAt(Instant time, HostHealth host) {
    changes.computeIfAbsent(time, t -> new LinkedHashSet<>()).add(host);
  }

  private void refresh(HostHealth host) {
    host.entries.forEach(this::refresh);
  }

  private void refresh(MachineEntry entry) {
    if (!entry.isListed()) {
      return;
    }
    int position = entry.position();
    MachineState state = new MachineState(entry.running, entry.availability());
    if (!state.equals(snapshot.state(position))) {
      snapshot = snapshot.with(position, state);
      stateChanges++;
    }
    boolean isFree = state.availability() instanceof Availability.Available && !entry.isFull();
    if (isFree != free.get(position)) {
      free.set(position, isFree);
      freed.set(position, isFree);
    }
    Presence presence = entry.ordered == null ? entry.host.presence() : Presence.AWAY;
    boolean isThere = presence == Presence.THERE;
    boolean isOnTrial = presence == Presence.ON_TRIAL;
    if (isThere != there.get(position) || isOnTrial != onTrial.get(position)) {
      there.set(position, isThere);
      onTrial.set(position, isOnTrial);
      presenceChanges++;
    }
  }
}
