package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.Selection;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Which machines there are while they come and go, told again in the plainest way: who is whom,
 * what is remembered of whom, and what whoever listens must be told.
 */
final class FarmModel {
  /** What is known of a store key. */
  static final class HostFacts {
    final StoreKey key;
    int outages;
    Instant restUntil = Instant.MIN;
    Instant orderedRestUntil = Instant.MIN;
    long newest;
    long newestInOutage;

    HostFacts(StoreKey key) {
      this.key = key;
    }

    boolean isResting(Instant now) {
      return restUntil.isAfter(now) || orderedRestUntil.isAfter(now);
    }

    void forgive() {
      outages = 0;
      restUntil = Instant.MIN;
    }
  }

  /** What is known of an entry. */
  static final class EntryFacts {
    final HostFacts host;
    Machine machine;
    boolean isListed = true;

    /** What it was ordered to be, or null. */
    MachineOrder ordered;

    Instant refusedUntil = Instant.MIN;

    /** How many attempts on it are not over. */
    int attempts;

    EntryFacts(Machine machine, HostFacts host) {
      this.machine = machine;
      this.host = host;
    }

    boolean takesNew() {
      return isListed && ordered == null;
    }

    @Override
    public String toString() {
      return machine + " " + machine.maxJobs() + (isListed ? "" : " (gone)");
    }
  }

  private final Map<StoreKey, HostFacts> hosts = new HashMap<>();
  private final Set<Machine> ever = new LinkedHashSet<>();
  private List<EntryFacts> listed = new ArrayList<>();
  private final List<EntryFacts> gone = new ArrayList<>();
  private Farm farm = Farm.empty();

  FarmModel(Farm farm) {
    change(farm, Instant.MIN);
  }

  List<EntryFacts> listed() {
    return listed;
  }

  EntryFacts listed(Machine machine) {
    return listed.get(farm.machines().indexOf(machine));
  }

  /** Takes over a list and says what must be told of it. */
  List<MachineReport> change(Farm newFarm, Instant now) {
    List<EntryFacts> known = new ArrayList<>(listed);
    known.addAll(gone);
    EntryFacts[] lines = new EntryFacts[newFarm.size()];
    match(newFarm, known, lines, Machine::equals);
    match(
        newFarm,
        known,
        lines,
        (a, b) -> a.storeUri().equals(b.storeUri()) && a.systems().equals(b.systems()));
    match(newFarm, known, lines, (a, b) -> a.storeKey().equals(b.storeKey()));
    List<MachineReport> told = new ArrayList<>();
    for (EntryFacts entry : listed) {
      if (known.contains(entry)) {
        told.add(new MachineReport.Removed(entry.machine, entry.attempts));
        if (entry.attempts == 0 && entry.ordered == null) {
          told.add(new MachineReport.Emptied(entry.machine));
        }
        entry.isListed = false;
        entry.ordered = null;
        entry.refusedUntil = Instant.MIN;
        gone.add(entry);
      }
    }
    for (int i = 0; i < lines.length; i++) {
      Machine machine = newFarm.machine(i);
      EntryFacts entry = lines[i];
      if (entry == null) {
        HostFacts host = hosts.computeIfAbsent(machine.storeKey(), HostFacts::new);
        lines[i] = new EntryFacts(machine, host);
        told.add(new MachineReport.Added(machine));
      } else if (!entry.isListed) {
        gone.remove(entry);
        entry.isListed = true;
        entry.machine = machine;
        told.add(new MachineReport.Added(machine));
      } else if (!entry.machine.equals(machine)) {
        told.add(new MachineReport.Changed(entry.machine, machine));
        entry.machine = machine;
        entry.refusedUntil = Instant.MIN;
      }
    }
    listed = List.of(lines);
    farm = newFarm;
    ever.addAll(newFarm.machines());
    forget(now);
    return told;
  }

  private static void match(
      Farm farm, List<EntryFacts> known, EntryFacts[] lines, BiPredicate<Machine, Machine> alike) {
    for (int i = 0; i < lines.length; i++) {
      for (int j = 0; lines[i] == null && j < known.size(); j++) {
        if (alike.test(known.get(j).machine, farm.machine(i))) {
          lines[i] = known.remove(j);
        }
      }
    }
  }

  /** Does what is ordered and says what must be told of it. */
  List<MachineReport> obey(Event.MachinesOrdered event, Instant now) {
    List<MachineReport> told = new ArrayList<>();
    Set<HostFacts> done = new HashSet<>();
    for (EntryFacts entry : listed) {
      if (!event.machines().contains(entry.machine)) {
        continue;
      }
      HostFacts host = entry.host;
      if (event.order() instanceof MachineOrder.EndRest) {
        if (host.outages > 0 || host.isResting(now)) {
          told.add(new MachineReport.RestEnded(entry.machine));
        }
        host.forgive();
        host.orderedRestUntil = Instant.MIN;
      } else if (event.order() instanceof MachineOrder.Rest rest) {
        if (rest.until().isAfter(now) && done.add(host)) {
          host.orderedRestUntil = rest.until();
          told.add(new MachineReport.Resting(entry.machine, rest.until(), rest.reason()));
        }
      } else {
        order(entry, event.order(), told);
      }
    }
    return told;
  }

  private static void order(EntryFacts entry, MachineOrder order, List<MachineReport> told) {
    MachineOrder before = entry.ordered;
    entry.ordered = order instanceof MachineOrder.Resume ? null : order;
    if (entry.ordered == null ? before == null : entry.ordered.equals(before)) {
      return;
    }
    if (order instanceof MachineOrder.Drain drain) {
      told.add(new MachineReport.Draining(entry.machine, drain.reason(), entry.attempts));
    } else if (order instanceof MachineOrder.Disable disable) {
      told.add(new MachineReport.Disabled(entry.machine, disable.reason(), entry.attempts));
    } else {
      told.add(new MachineReport.Resumed(entry.machine));
    }
    if (before == null && entry.attempts == 0) {
      told.add(new MachineReport.Emptied(entry.machine));
    }
  }

  /** Notes that an attempt is over and says what must be told of it. */
  List<MachineReport> over(EntryFacts entry) {
    entry.attempts--;
    return entry.attempts == 0 && !entry.takesNew()
        ? List.of(new MachineReport.Emptied(entry.machine))
        : List.of();
  }

  /** Forgets entries and hosts of which nothing is left. */
  void forget(Instant now) {
    gone.removeIf(entry -> entry.attempts == 0);
    Set<HostFacts> named = new HashSet<>();
    listed.forEach(entry -> named.add(entry.host));
    gone.forEach(entry -> named.add(entry.host));
    hosts.values().removeIf(host -> !named.contains(host) && !host.isResting(now));
  }

  /** The entries on the list that a build fits, whatever their state and local or not. */
  Set<EntryFacts> fitting(Demand demand) {
    Set<EntryFacts> fitting = new LinkedHashSet<>();
    Selection selection =
        Selection.of(SelectionPolicy.nix(), demand.placing(Locality.ANY), FarmSnapshot.of(farm));
    for (int position = 0; position < listed.size(); position++) {
      if (selection.canTake(position)) {
        fitting.add(listed.get(position));
      }
    }
    return fitting;
  }

  /** Whether any machine that is or was on the list fits. */
  boolean everFitted(Demand demand) {
    FarmSnapshot all = FarmSnapshot.of(Farm.of(ever));
    return !Selection.of(SelectionPolicy.nix(), demand, all).candidates().isEmpty();
  }

  @Override
  public String toString() {
    return "listed " + listed + ", gone " + gone;
  }
}
