package io.github.remotebuild.dispatch;

import java.util.Optional;

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

  /** The position of the machine in the farm. */
  final int machine;

  /** What it costs its caller. */
  final SlotCharge charge;

  Slot slot = Slot.ASKED;
  boolean isStopping;
  String stopReason = "";

  /** Why the slot was lost, if it was. */
  Optional<String> lostLease = Optional.empty();

  Attempt(AttemptId id, Build build, int machine, SlotCharge charge) {
    this.id = id;
    this.build = build;
    this.machine = machine;
    this.charge = charge;
  }
}
