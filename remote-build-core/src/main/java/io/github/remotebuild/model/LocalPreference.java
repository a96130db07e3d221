package io.github.remotebuild.model;

/**
 * Whether a derivation would rather be built on the local machine: its {@code preferLocalBuild}.
 *
 * <p>It counts where the request does not say otherwise: see {@link Demand#locality}.
 *
 * @since 0.1
 */
public enum LocalPreference {
  /** The derivation does not say; the default. */
  NONE,

  /** The derivation sets {@code preferLocalBuild}. */
  PREFERS_LOCAL
}
