package io.github.remotebuild.model;

/**
 * What the local machine is to a build, beside the other machines of the farm.
 *
 * <p>The local machine is an entry like any other ({@link Machine#isLocal}): whatever is said here,
 * it takes only what its systems, features and slots allow. A farm without one is the same to all
 * values. Whoever <em>could ever</em> take a build has the system and the features, is not switched
 * off, and is not refused by the request; it may be busy or rest just now.
 *
 * @since 0.1
 */
public enum Locality {
  /** One more machine, ranked by the policy among the others. */
  ANY,

  /**
   * The local machine; the others only if it could never take the build. What Nix does with a
   * derivation that sets {@code preferLocalBuild}.
   */
  LOCAL_FIRST,

  /** The local machine if it can take the build now; else whichever can, now or later. */
  LOCAL_WHEN_FREE,

  /** The other machines; the local one only if none of them could ever take the build. */
  REMOTE_FIRST,

  /**
   * Another machine if one can take the build now; else whichever can, now or later. What Nix does
   * with a derivation that does not set {@code preferLocalBuild}.
   */
  REMOTE_WHEN_FREE,

  /** The other machines only. */
  NEVER_LOCAL
}
