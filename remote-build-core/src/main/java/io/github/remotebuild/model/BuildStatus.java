package io.github.remotebuild.model;

/**
 * How a build ended, in Nix's words and numbers.
 *
 * <p>The numbers are the same in the serve and the daemon protocol (reference: {@code
 * src/libstore/build-result.hh}, Nix 2.8 to 2.34).
 *
 * @since 0.1
 */
public enum BuildStatus {
  /** The derivation was built. */
  BUILT(0),
  /** The outputs were substituted. */
  SUBSTITUTED(1),
  /** There was nothing to do. */
  ALREADY_VALID(2),
  /** The builder failed; trying again is pointless. */
  PERMANENT_FAILURE(3),
  /** The machine does not accept the derivation, for example for its platform or features. */
  INPUT_REJECTED(4),
  /** An output is not as it must be, for example a fixed output of another hash. */
  OUTPUT_REJECTED(5),
  /** The builder of an unsandboxed derivation failed, or the disk is full. */
  TRANSIENT_FAILURE(6),
  /** The derivation failed earlier. No supported release sends this. */
  CACHED_FAILURE(7),
  /** The builder was silent or ran for too long. */
  TIMED_OUT(8),
  /** Anything else went wrong. */
  MISC_FAILURE(9),
  /** Something that the derivation needs could not be built. */
  DEPENDENCY_FAILED(10),
  /** The builder printed too much. */
  LOG_LIMIT_EXCEEDED(11),
  /** Building again gave another result. */
  NOT_DETERMINISTIC(12),
  /** A content-addressed derivation resolved to one that is built already. */
  RESOLVES_TO_ALREADY_VALID(13),
  /** Nothing can substitute the path. */
  NO_SUBSTITUTERS(14),
  /** A number this library does not know; see {@link BuildResult#statusNumber()}. */
  UNKNOWN(-1);

  private final int number;

  BuildStatus(int number) {
    this.number = number;
  }

  /** The number on the wire, or -1 for {@link #UNKNOWN}. */
  public int number() {
    return number;
  }

  /** Whether all outputs are there afterwards. */
  public boolean isSuccess() {
    return this == BUILT
        || this == SUBSTITUTED
        || this == ALREADY_VALID
        || this == RESOLVES_TO_ALREADY_VALID;
  }

  /** The status that is sent as {@code number}; {@link #UNKNOWN} if none is. */
  public static BuildStatus ofNumber(long number) {
    for (BuildStatus status : values()) {
      if (status != UNKNOWN && status.number == number) {
        return status;
      }
    }
    return UNKNOWN;
  }
}
