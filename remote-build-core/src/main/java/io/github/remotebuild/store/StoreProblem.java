package io.github.remotebuild.store;

/**
 * What went wrong between us and a store process.
 *
 * @since 0.1
 */
public enum StoreProblem {
  /** The machine has no such program: exit status 127, or a shell says so. */
  PROGRAM_MISSING,
  /** Something answered, but not a store process: no greeting within the bound on noise. */
  NOT_A_STORE,
  /** The store process speaks a version of the protocol that we do not. */
  WRONG_VERSION,
  /** The store process sent something that the protocol or the bounds on it do not allow. */
  PROTOCOL,
  /** The store process ended, or the connection did, and it did not say why. */
  ENDED,
  /** The store process refused, said why on its standard error, and ended. */
  REJECTED,
  /** The bytes of a path are not those that its hash and size promise. */
  HASH_MISMATCH,
  /** A file is larger than the caller wants to read. */
  TOO_LARGE,
  /** The transport lost the machine; see {@link StoreException#transportProblem()}. */
  TRANSPORT,
  /** We ended the session ourselves, from another thread or by interruption. */
  ABORTED,
  /** The session cannot be used any more, because of an earlier problem. */
  UNUSABLE
}
