package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a store knows of a valid path: its NAR's hash and size, its references, and where it is
 * from.
 *
 * <p>Immutable. The sets are unmodifiable and in Nix's order.
 *
 * @param path the path
 * @param narHash the SHA-256 of its NAR
 * @param narSizeBytes the length of its NAR; at least 1
 * @param references the paths it refers to, itself among them if it does
 * @param deriver the derivation it was built by, if known
 * @param signatures the signatures over its fingerprint
 * @param contentAddress how the path follows from the content, if it does
 * @since 0.1
 */
public record PathInfo(
    StorePath path,
    Hash narHash,
    long narSizeBytes,
    SortedSet<StorePath> references,
    Optional<StorePath> deriver,
    SortedSet<Signature> signatures,
    Optional<ContentAddress> contentAddress) {
  /** Copies the sets and checks the hash and the size. */
  public PathInfo {
    requireNonNull(path, "path");
    requireNonNull(deriver, "deriver");
    requireNonNull(contentAddress, "contentAddress");
    if (narHash.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("A NAR hash is a sha256, not a " + narHash.algorithm());
    }
    if (narSizeBytes <= 0) {
      throw new IllegalArgumentException(
          "The NAR of " + path + " cannot have " + narSizeBytes + " bytes");
    }
    references = SortedCopies.of(references);
    signatures = SortedCopies.of(signatures);
  }

  /** A path info without deriver, signatures or content address. */
  public static PathInfo of(
      StorePath path, Hash narHash, long narSizeBytes, Collection<StorePath> references) {
    return new PathInfo(
        path,
        narHash,
        narSizeBytes,
        new TreeSet<>(references),
        Optional.empty(),
        Collections.emptySortedSet(),
        Optional.empty());
  }

  /** The references other than the path itself. */
  public SortedSet<StorePath> otherReferences() {
    SortedSet<StorePath> others = new TreeSet<>(references);
    others.remove(path);
    return Collections.unmodifiableSortedSet(others);
  }
}
