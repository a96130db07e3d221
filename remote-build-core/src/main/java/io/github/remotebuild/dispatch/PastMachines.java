package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.FarmSnapshot;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Machines that were on the list once, as their lines were then: what tells a build that merely
 * lacks its machine now from one that no machine can ever take.
 */
final class PastMachines {
  /** How many are remembered: the last that left. */
  static final int LIMIT = 1_000;

  /** Those that left last are at the end. */
  private final Set<Machine> machines = new LinkedHashSet<>();

  private @Nullable FarmSnapshot snapshot;

  void add(Machine machine) {
    machines.remove(machine);
    machines.add(machine);
    if (machines.size() > LIMIT) {
      Iterator<Machine> oldest = machines.iterator();
      oldest.next();
      oldest.remove();
    }
    snapshot = null;
  }

  /** All of them, without any load or failure. */
  FarmSnapshot snapshot() {
    FarmSnapshot known = snapshot;
    if (known == null) {
      known = FarmSnapshot.of(Farm.of(machines));
      snapshot = known;
    }
    return known;
  }
}
