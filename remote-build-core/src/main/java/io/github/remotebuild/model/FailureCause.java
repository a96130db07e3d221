package io.github.remotebuild.model;

/**
 * The kinds of failure.
 *
 * @since 0.1
 */
public enum FailureCause {
  /** The builder ran and failed. */
  BUILD_FAILED,
  /** The build, or a phase, went over its time. */
  TIMED_OUT,
  /** The build wrote more log than it may. */
  LOG_LIMIT_EXCEEDED,
  /** The build made an output that may not be, such as one with a wrong hash. */
  OUTPUT_REJECTED,
  /** The machine will not build this derivation. */
  INPUT_REJECTED,
  /** The build gave two different results. */
  NOT_DETERMINISTIC,
  /** The build failed in a way that may pass. */
  TRANSIENT,
  /** The machine ran out of disk space or memory, as far as its words tell. */
  RESOURCES_EXHAUSTED,
  /** An input could not be had on the machine. */
  INPUT_MISSING,
  /** The machine could not be reached. */
  UNREACHABLE,
  /** We know no host key of the machine, or it shows another one. */
  HOST_KEY_REFUSED,
  /** The machine does not let us in. */
  LOGIN_REJECTED,
  /** There is no Nix store program on the machine. */
  PROGRAM_MISSING,
  /** The connection or the remote process was lost. */
  LOST,
  /** The other side broke the protocol, or speaks a version we do not. */
  PROTOCOL,
  /** What came is not what was announced. */
  HASH_MISMATCH,
  /** The derivation is not in the hub, or is none. */
  DERIVATION_UNREADABLE,
  /** This release cannot do what is asked. */
  UNSUPPORTED,
  /** The hub did not do its part. */
  HUB_FAILED,
  /** No machine was there in time. */
  NO_MACHINE,
  /** The slot was taken away. */
  LEASE_LOST,
  /** A defect in this library, or in what it was given to run, such as a selection policy. */
  DEFECT,
  /** The other side reported something that this release does not know. */
  OTHER
}
