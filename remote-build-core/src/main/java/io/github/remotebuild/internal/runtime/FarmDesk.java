package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.FarmEvent;
import io.github.remotebuild.dispatch.MachineOrder;
import io.github.remotebuild.dispatch.MachineReport;
import io.github.remotebuild.lease.SlotRequest;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The list of machines and the orders that stand, as the loop needs them: for the names of slots,
 * and for a dispatcher that begins anew. For one thread.
 */
final class FarmDesk {
  private Farm farm;
  private SlotNames slotNames;

  /** Which entries take nothing new, and by what order. */
  private final Map<Machine, MachineOrder> standing = new LinkedHashMap<>();

  FarmDesk(Farm farm) {
    this.farm = farm;
    this.slotNames = new SlotNames(farm);
  }

  Farm farm() {
    return farm;
  }

  void change(Farm newFarm) {
    farm = newFarm;
    slotNames = new SlotNames(newFarm);
  }

  SlotRequest slotOf(Machine machine) {
    return slotNames.of(machine);
  }

  /** What was ordered of whom and still holds. */
  Map<Machine, MachineOrder> standing() {
    return Map.copyOf(standing);
  }

  /** Takes note of what the dispatcher says, and puts it into words for listeners. */
  FarmEvent note(MachineReport report) {
    Machine machine = report.machine();
    if (report instanceof MachineReport.Added) {
      return new FarmEvent.MachineAdded(machine);
    } else if (report instanceof MachineReport.Changed changed) {
      MachineOrder order = standing.remove(changed.before());
      if (order != null) {
        standing.put(machine, order);
      }
      return new FarmEvent.MachineChanged(changed.before(), machine);
    } else if (report instanceof MachineReport.Removed removed) {
      standing.remove(machine);
      return new FarmEvent.MachineRemoved(machine, removed.attempts());
    } else if (report instanceof MachineReport.Draining draining) {
      standing.put(machine, new MachineOrder.Drain(draining.reason()));
      return new FarmEvent.MachineDraining(machine, draining.reason(), draining.attempts());
    } else if (report instanceof MachineReport.Disabled disabled) {
      standing.put(machine, new MachineOrder.Disable(disabled.reason()));
      return new FarmEvent.MachineDisabled(machine, disabled.reason(), disabled.attempts());
    } else if (report instanceof MachineReport.Resumed) {
      standing.remove(machine);
      return new FarmEvent.MachineResumed(machine);
    } else if (report instanceof MachineReport.Resting resting) {
      return new FarmEvent.MachineResting(machine, resting.until(), resting.reason());
    } else if (report instanceof MachineReport.RestEnded) {
      return new FarmEvent.MachineRestEnded(machine);
    }
    return new FarmEvent.MachineEmptied(machine);
  }
}
