package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.HostHealth.Presence;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.Availability;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.MachineState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What the dispatcher knows of the machines: who runs how much, and who is left alone until when.
 *
 * <p>Slots belong to an entry of the machines file, failures to a store key (a host, counted from
 * 0): entries that name one host fail together. Sets of entries are sets of bits, so that a group
 * of builds can be compared with the whole farm at once.
 */
final class MachineBook {
  /** How long after a refusal the lease store is asked again, unless a slot is freed earlier. */
  static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private record Refusal(Instant until, String reason) {}

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

  private final Farm farm;
  private final FarmSnapshot idle;
  private final RestRule restRule;
  private final RandomGenerator random;
  private final List<HostHealth> hosts = new ArrayList<>();
  private final int[] hostAt;

  /** By identity: a farm hands out the same instance each time, and comparing it is dear. */
  private final IdentityHashMap<Machine, Integer> hostOf = new IdentityHashMap<>();

  private final int[] running;
  private final Map<Integer, Refusal> refusals = new HashMap<>();

  /** Which entries may change by themselves, and when. */
  private final TreeMap<Instant, BitSet> changes = new TreeMap<>();

  private final BitSet free = new BitSet();
  private final BitSet freed = new BitSet();
  private final BitSet there = new BitSet();
  private final BitSet onTrial = new BitSet();
  private long stateChanges;
  private long presenceChanges;
  private FarmSnapshot snapshot;

  MachineBook(Farm farm, RestRule restRule, RandomGenerator random) {
    this.farm = farm;
    this.idle = FarmSnapshot.of(farm);
    this.restRule = requireNonNull(restRule, "restRule");
    this.random = requireNonNull(random, "random");
    this.running = new int[farm.size()];
    this.hostAt = new int[farm.size()];
    this.snapshot = idle;
    Map<StoreKey, Integer> hostByKey = new HashMap<>();
    for (int position = 0; position < farm.size(); position++) {
      Machine machine = farm.machine(position);
      Integer host = hostByKey.get(machine.storeKey());
      if (host == null) {
        host = hosts.size();
        hosts.add(new HostHealth());
        hostByKey.put(machine.storeKey(), host);
      }
      hosts.get(host).positions.add(position);
      hostAt[position] = host;
      hostOf.put(machine, host);
      refresh(position);
    }
  }

  Machine machine(int position) {
    return farm.machine(position);
  }

  /** Which host the entry names. */
  int host(int position) {
    return hostAt[position];
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
      changes.pollFirstEntry().getValue().stream()
          .forEach(
              position -> {
                hosts.get(hostAt[position]).endRest(now);
                Refusal refusal = refusals.get(position);
                if (refusal != null && !now.isBefore(refusal.until())) {
                  refusals.remove(position);
                }
                refresh(position);
              });
    }
  }

  /** The next time at which a machine may change its state by itself. */
  Optional<Instant> nextChange() {
    return changes.isEmpty() ? Optional.empty() : Optional.of(changes.firstKey());
  }

  /** Counts a build. */
  void take(int position, AttemptId attempt) {
    if (running[position] >= machine(position).maxJobs()) {
      throw new IllegalStateException(
          machine(position).name() + " has no slot left of " + running[position]);
    }
    running[position]++;
    HostHealth host = hosts.get(hostAt[position]);
    host.begun(attempt);
    refresh(host);
  }

  /** Counts a build no longer. */
  void free(int position) {
    if (running[position] <= 0) {
      throw new IllegalStateException(machine(position).name() + " has no build to end");
    }
    running[position]--;
    refresh(position);
  }

  /** Notes that we gave a slot back, so that there is one to be had again. */
  void released(int position) {
    refusals.remove(position);
    free(position);
  }

  /** Notes that the lease store has no slot for us now. */
  void refused(int position, String reason, Instant now) {
    Instant until = now.plus(ASK_AGAIN);
    refusals.put(position, new Refusal(until, reason));
    changeAt(until, position);
    refresh(position);
  }

  /** Notes that an attempt is over, whatever came of it. */
  void over(int position, AttemptId attempt) {
    HostHealth host = hosts.get(hostAt[position]);
    host.over(attempt);
    refresh(host);
  }

  /**
   * Notes that the machine failed the attempt.
   *
   * @return until when it rests, if this is an outage that has not been counted
   */
  Optional<Instant> failed(int position, AttemptId attempt, String reason, Instant now) {
    HostHealth host = hosts.get(hostAt[position]);
    Optional<Instant> until = host.failed(attempt, reason, now, restRule, random);
    until.ifPresent(time -> host.positions.forEach(each -> changeAt(time, each)));
    refresh(host);
    return until;
  }

  /** Notes that the machine has completed a build. */
  void proved(int position) {
    HostHealth host = hosts.get(hostAt[position]);
    host.proved();
    refresh(host);
  }

  private void changeAt(Instant time, int position) {
    changes.computeIfAbsent(time, t -> new BitSet()).set(position);
  }

  private void refresh(HostHealth host) {
    host.positions.forEach(this::refresh);
  }

  private void refresh(int position) {
    HostHealth host = hosts.get(hostAt[position]);
    MachineState state = new MachineState(running[position], availability(position, host));
    if (!state.equals(snapshot.state(position))) {
      snapshot = snapshot.with(position, state);
      stateChanges++;
    }
    boolean isFree =
        state.availability() instanceof Availability.Available
            && running[position] < machine(position).maxJobs();
    if (isFree != free.get(position)) {
      free.set(position, isFree);
      freed.set(position, isFree);
    }
    boolean isThere = host.presence() == Presence.THERE;
    boolean isOnTrial = host.presence() == Presence.ON_TRIAL;
    if (isThere != there.get(position) || isOnTrial != onTrial.get(position)) {
      there.set(position, isThere);
      onTrial.set(position, isOnTrial);
      presenceChanges++;
    }
  }

  private Availability availability(int position, HostHealth host) {
    Availability ofHost = host.availability();
    Refusal refusal = refusals.get(position);
    return refusal == null || !(ofHost instanceof Availability.Available)
        ? ofHost
        : new Availability.HeldByOthers(refusal.reason());
  }
}
