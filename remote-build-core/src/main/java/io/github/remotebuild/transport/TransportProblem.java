package io.github.remotebuild.transport;

/**
 * What went wrong between us and a machine.
 *
 * @since 0.1
 */
public enum TransportProblem {
  /** The name is unknown, nobody listens there, or no route leads there. */
  UNREACHABLE,
  /** The machine did not answer in time. */
  TIMED_OUT,
  /** We know no host key of the machine. */
  HOST_KEY_UNKNOWN,
  /** The machine shows another host key than the one we know. */
  HOST_KEY_CHANGED,
  /** The machine accepted none of the keys we have. */
  LOGIN_REJECTED,
  /** A private key cannot be read, is locked, or is none. */
  IDENTITY_UNUSABLE,
  /** The two sides have no algorithm or protocol version in common. */
  NOT_COMPATIBLE,
  /** The machine refuses to start another process. */
  PROCESS_REFUSED,
  /** The connection broke. */
  LOST,
  /** What we were told to do cannot be done; nothing was tried. */
  MISCONFIGURED
}
