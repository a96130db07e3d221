package io.github.remotebuild.store;

/**
 * What a store is to do besides saying which paths are valid.
 *
 * @since 0.1
 */
public enum ValidityOption {
  /** Keep the paths from being collected as garbage for as long as the store process lives. */
  LOCK,
  /**
   * Substitute what is missing first. Without effect on a process that has built something (Nix
   * switches substitution off with the first build).
   */
  SUBSTITUTE
}
