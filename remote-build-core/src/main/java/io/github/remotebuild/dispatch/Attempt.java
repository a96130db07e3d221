package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Machine;
import java.util.Optional;
import java.util.Set;

/** What the dispatcher knows of one attempt that is not over. */
final class Attempt {
  /** How far the attempt is with its slot. */
  enum Slot {
    /** Neither granted nor refused. */
    ASKED,
    /** Ours. */
    HELD,
    /** No longer ours, but the build still runs. */
    LOST,
    /** No longer needed. */
    GIVEN_BACK
  }

  final AttemptId id;
  final Build build;

  final MachineEntry entry;

  /** What the entry's line said when the build was placed there. */
  final Machine machine;

  /** What it costs its caller. */
  final SlotCharge charge;

  /** What was wanted of it when it was started. */
  Set<String> outputs = Set.of();

  Slot slot = Slot.ASKED;
  boolean isStopping;
  String stopReason = "";

  /** Why the slot was lost, if it was. */
  Optional<String> lostLease = Optional.empty();

  Attempt(AttemptId id, Build build, MachineEntry entry, SlotCharge charge) {
    this.id = id;
    this.build = build;
    this.entry = entry;
    this.machine = entry.machine;
    this.charge = charge;
  }
}
