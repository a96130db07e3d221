package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * An output of a derivation whose stated path is not the one that follows from the derivation.
 *
 * @param output the name of the output
 * @param stated the path in the derivation, if it states one
 * @param computed the path that follows, if one does before the build
 * @since 0.1
 */
public record OutputDisagreement(
    String output, Optional<StorePath> stated, Optional<StorePath> computed) {
  /** Refuses null. */
  public OutputDisagreement {
    requireNonNull(output, "output");
    requireNonNull(stated, "stated");
    requireNonNull(computed, "computed");
  }

  /** Both paths in one line. */
  @Override
  public String toString() {
    return "output '"
        + output
        + "' is stated as "
        + stated.map(StorePath::toString).orElse("unknown")
        + ", but is "
        + computed.map(StorePath::toString).orElse("unknown");
  }
}
