package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.Availability;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the farm, as the dispatcher knows it.
 *
 * <p>It outlives changes of the farm around it, and, as long as an attempt on it is not over, its
 * own removal.
 */
final class MachineEntry {
  /** The position of an entry that is not on the list. */
  private static final int NOWHERE = -1;

  /** A slot that the lease store did not have for us. */
  record Refusal(Instant until, String reason) {}

  final HostHealth host;

  /** What its line says, or said last. */
  Machine machine;

  private int position = NOWHERE;

  /** How many slots are asked for, held, or lost with the build still there. */
  int running;

  /** How many attempts are not over; those that only fetch have no slot any more. */
  int attempts;

  @Nullable Refusal refusal;

  /** What it was ordered to be, such as draining; null without such an order. */
  @Nullable Availability ordered;

  MachineEntry(Machine machine, HostHealth host) {
    this.machine = machine;
    this.host = host;
  }

  boolean isListed() {
    return position != NOWHERE;
  }

  /** Where in the farm it is. */
  int position() {
    if (!isListed()) {
      throw new IllegalStateException(machine.name() + " is not on the list");
    }
    return position;
  }

  void moveTo(int newPosition) {
    position = newPosition;
  }

  /** It is taken off the list, and so are the orders that it had. */
  void leave() {
    position = NOWHERE;
    refusal = null;
    ordered = null;
  }

  /** Begins or ends to drain, or to be disabled; says what became of it, if that is news. */
  List<MachineReport> obey(MachineOrder order) {
    Availability before = ordered;
    MachineReport report;
    if (order instanceof MachineOrder.Drain drain) {
      ordered = new Availability.Draining(drain.reason());
      report = new MachineReport.Draining(machine, drain.reason(), attempts);
    } else if (order instanceof MachineOrder.Disable disable) {
      ordered = new Availability.Disabled(disable.reason());
      report = new MachineReport.Disabled(machine, disable.reason(), attempts);
    } else {
      ordered = null;
      report = new MachineReport.Resumed(machine);
    }
    if (Objects.equals(before, ordered)) {
      return List.of();
    }
    return before == null && attempts == 0
        ? List.of(report, new MachineReport.Emptied(machine))
        : List.of(report);
  }

  /** Whether a build that was placed here, when its line was {@code placedOn}, may begin. */
  boolean stillTakes(Machine placedOn) {
    return isListed() && ordered == null && machine.equals(placedOn);
  }

  boolean isFull() {
    return running >= machine.maxJobs();
  }

  Availability availability() {
    if (ordered != null) {
      return ordered;
    }
    Availability ofHost = host.availability();
    return refusal == null || !(ofHost instanceof Availability.Available)
        ? ofHost
        : new Availability.HeldByOthers(refusal.reason());
  }

  @Override
  public String toString() {
    return machine.name();
  }
}
