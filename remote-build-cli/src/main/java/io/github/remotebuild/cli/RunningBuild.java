package io.github.remotebuild.cli;

import io.github.remotebuild.model.StorePath;
import java.time.Instant;

/**
 * A build that is being tried on a machine, as far as a view needs to know. Immutable.
 *
 * @param attempt 1 for the first
 * @param started when the attempt began
 * @param detail the last log line, or what is being copied; may be empty
 */
record RunningBuild(
    StorePath derivation,
    String machine,
    int attempt,
    Instant started,
    BuildStep step,
    String detail) {

  RunningBuild at(BuildStep next, String what) {
    return new RunningBuild(derivation, machine, attempt, started, next, what);
  }

  /** What people call it: the derivation's name without {@code .drv}. */
  String name() {
    return derivation.derivationName();
  }

  /** Whether it holds a slot: a build that is being fetched has given it back. */
  boolean isHoldingSlot() {
    return step != BuildStep.FETCHING;
  }
}
