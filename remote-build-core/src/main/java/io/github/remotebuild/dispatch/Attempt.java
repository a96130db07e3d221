package io.github.remotebuild.dispatch;

import java.time.Instant;
import java.util.Optional;

/** What the dispatcher knows of one attempt that is not over. */
final class Attempt {
  /** How far the attempt is with its slot. */
  enum Slot {
    ASKED,
    HELD,
    GIVEN_BACK
  }

  final AttemptId id;
  final Build build;
  final int machine;
  final Instant begun;
  Slot slot = Slot.ASKED;
  boolean isStopping;
  String stopReason = "";
  Optional<String> lostLease = Optional.empty();

  Attempt(AttemptId id, Build build, int machine, Instant begun) {
    this.id = id;
    this.build = build;
    this.machine = machine;
    this.begun = begun;
  }
}
