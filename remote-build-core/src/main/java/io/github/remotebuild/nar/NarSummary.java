package io.github.remotebuild.nar;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Hash;

/**
 * The hash and the length of an archive. Immutable.
 *
 * @param hash the SHA-256 of its bytes
 * @param sizeBytes how many bytes it has
 * @since 0.1
 */
public record NarSummary(Hash hash, long sizeBytes) {
  /** Refuses null. */
  public NarSummary {
    requireNonNull(hash, "hash");
  }
}
