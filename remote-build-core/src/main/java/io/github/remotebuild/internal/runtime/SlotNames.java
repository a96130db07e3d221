package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.lease.SlotRequest;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.HashMap;
import java.util.Map;

/**
 * By what name the slots of each line of a list are asked for, so that every line has its own.
 *
 * <p>The name is made of the store URI and the systems, as the slot files of Nix's first build hook
 * were. Further lines of the same name are numbered. Lines that are equal share one name and have
 * their slots together. Immutable.
 */
final class SlotNames {
  private final Map<Machine, SlotRequest> requests = new HashMap<>();

  SlotNames(Farm farm) {
    Map<String, Integer> linesOf = new HashMap<>();
    for (Machine machine : farm.machines()) {
      if (!machine.isEnabled()) {
        continue;
      }
      SlotRequest equal = requests.get(machine);
      if (equal == null) {
        String name = name(machine);
        int number = linesOf.merge(name, 1, Integer::sum);
        String numbered = number == 1 ? name : name + " #" + number;
        requests.put(machine, new SlotRequest(numbered, machine.maxJobs()));
      } else {
        int both = (int) Math.min(Integer.MAX_VALUE, (long) equal.maxJobs() + machine.maxJobs());
        requests.put(machine, new SlotRequest(equal.machine(), both));
      }
    }
  }

  private static String name(Machine machine) {
    return machine.storeUri() + " " + machine.systems();
  }

  /** The wish for a slot of a line, which has some. */
  SlotRequest of(Machine machine) {
    SlotRequest request = requests.get(machine);
    return request == null ? new SlotRequest(name(machine), machine.maxJobs()) : request;
  }
}
