package io.github.remotebuild.model;

/**
 * Whose fault a {@link Failure} is.
 *
 * @since 0.1
 */
public enum Culprit {
  /** The derivation: it would fail anywhere. */
  DERIVATION,
  /** The machine, or what is between it and us. */
  MACHINE,
  /** The store that holds the derivations and receives the results. */
  HUB,
  /** The caller: what was asked for is not possible. */
  REQUEST,
  /** Not known. Never to be taken for permanent. */
  UNKNOWN
}
