package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.model.SystemType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which lines of a new list are entries that are known already.
 *
 * <p>The most alike belong together: first lines that are equal, then those with the same store URI
 * and systems, then those of the same store key. Each line takes the first entry that is left.
 */
final class EntryMatch {
  /** What is kept of an entry when its other columns change. */
  private record Name(StoreUri storeUri, SortedSet<SystemType> systems) {
    static Name of(Machine machine) {
      return new Name(machine.storeUri(), machine.systems());
    }
  }

  private final Collection<MachineEntry> known;
  private final Set<MachineEntry> taken = new HashSet<>();
  private final Farm farm;
  private final List<@Nullable MachineEntry> found = new ArrayList<>();

  private EntryMatch(Collection<MachineEntry> known, Farm farm) {
    this.known = known;
    this.farm = farm;
  }

  /** For each line of the farm its entry, or null if it is a new one. */
  static List<@Nullable MachineEntry> find(Collection<MachineEntry> known, Farm farm) {
    EntryMatch match = new EntryMatch(known, farm);
    for (int position = 0; position < farm.size(); position++) {
      match.found.add(null);
    }
    match.takeEqual(machine -> machine);
    match.takeEqual(Name::of);
    match.takeEqual(Machine::storeKey);
    return match.found;
  }

  private void takeEqual(Function<Machine, Object> aspect) {
    Map<Object, Deque<MachineEntry>> left = new HashMap<>();
    for (MachineEntry entry : known) {
      if (!taken.contains(entry)) {
        left.computeIfAbsent(aspect.apply(entry.machine), key -> new ArrayDeque<>()).add(entry);
      }
    }
    for (int position = 0; position < farm.size(); position++) {
      if (left.isEmpty() || found.get(position) != null) {
        continue;
      }
      Deque<MachineEntry> entries = left.get(aspect.apply(farm.machine(position)));
      MachineEntry entry = entries == null ? null : entries.poll();
      if (entry != null) {
        found.set(position, entry);
        taken.add(entry);
      }
    }
  }
}
