package io.github.remotebuild.model;

/**
 * What a caller should do after a {@link Failure}.
 *
 * @since 0.1
 */
public enum RetryAdvice {
  /** Trying again gives the same. */
  NEVER,
  /** The same machine may well do it the next time. */
  SAME_MACHINE,
  /** Another machine may well do it. */
  OTHER_MACHINE
}
