package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.FarmSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries there are, on the list and leaving it, and which hosts they name.
 *
 * <p>An entry is forgotten when it is off the list and no attempt on it is left; a host when no
 * entry names it and it does not rest. So a machine that returns soon is what it was, and memory is
 * bounded by what runs and rests.
 */
final class Roster {
  private Farm farm = Farm.empty();

  /** By position. */
  private List<MachineEntry> listed = List.of();

  /** Off the list, with attempts that go on there. */
  private final Set<MachineEntry> leaving = new LinkedHashSet<>();

  private final Map<StoreKey, HostHealth> hosts = new HashMap<>();
  private int lastHost;
  private final PastMachines past = new PastMachines();

  Farm farm() {
    return farm;
  }

  /** The entries on the list, in its order. */
  List<MachineEntry> listed() {
    return listed;
  }

  /** Machines that were on the list once, without any load or failure. */
  FarmSnapshot past() {
    return past.snapshot();
  }

  /**
   * Takes over another list.
   *
   * @return what became of each entry that is not as it was: those that left, then the others in
   *     the order of the list
   */
  List<MachineReport> change(Farm newFarm) {
    List<MachineEntry> known = new ArrayList<>(listed);
    known.addAll(leaving);
    List<@Nullable MachineEntry> found = EntryMatch.find(known, newFarm);
    Set<@Nullable MachineEntry> kept = new HashSet<>(found);
    List<MachineReport> reports = new ArrayList<>();
    for (MachineEntry entry : listed) {
      if (!kept.contains(entry)) {
        leave(entry, reports);
      }
    }
    List<MachineEntry> entries = new ArrayList<>();
    for (int position = 0; position < newFarm.size(); position++) {
      MachineEntry entry = enter(newFarm.machine(position), found.get(position), reports);
      entry.moveTo(position);
      entries.add(entry);
    }
    listed = entries;
    farm = newFarm;
    return reports;
  }

  private void leave(MachineEntry entry, List<MachineReport> reports) {
    boolean isEmpty = entry.attempts == 0;
    reports.add(new MachineReport.Removed(entry.machine, entry.attempts));
    if (isEmpty && entry.ordered == null) {
      reports.add(new MachineReport.Emptied(entry.machine));
    }
    past.add(entry.machine);
    entry.leave();
    if (isEmpty) {
      forget(entry);
    } else {
      leaving.add(entry);
    }
  }

  private MachineEntry enter(
      Machine machine, @Nullable MachineEntry known, List<MachineReport> reports) {
    if (known == null) {
      HostHealth host =
          hosts.computeIfAbsent(machine.storeKey(), key -> new HostHealth(key, ++lastHost));
      MachineEntry added = new MachineEntry(machine, host);
      host.entries.add(added);
      reports.add(new MachineReport.Added(machine));
      return added;
    }
    if (leaving.remove(known)) {
      reports.add(new MachineReport.Added(machine));
    } else if (!known.machine.equals(machine)) {
      reports.add(new MachineReport.Changed(known.machine, machine));
      past.add(known.machine);
      // It was about what the line said before.
      known.refusal = null;
    }
    known.machine = machine;
    return known;
  }

  /** Forgets an entry that is off the list, now that nothing is left of it. */
  void forget(MachineEntry entry) {
    leaving.remove(entry);
    entry.host.entries.remove(entry);
    forgetIfIdle(entry.host);
  }

  /** Forgets a host that no entry names, unless it rests. */
  void forgetIfIdle(HostHealth host) {
    if (host.isForgettable()) {
      hosts.remove(host.key, host);
    }
  }

  /** Remembers a host that rests, also if the last entry that named it is gone. */
  void remember(HostHealth host) {
    hosts.putIfAbsent(host.key, host);
  }
}
