package io.github.remotebuild.store;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * How a store process ended. Immutable.
 *
 * @param isConfirmed whether the far end was seen to end; if not, it was hung up on, and may still
 *     be running
 * @param exitStatus its exit status, if there was one
 * @since 0.1
 */
public record SessionEnd(boolean isConfirmed, OptionalInt exitStatus) {
  /** Refuses null. */
  public SessionEnd {
    requireNonNull(exitStatus, "exitStatus");
  }
}
