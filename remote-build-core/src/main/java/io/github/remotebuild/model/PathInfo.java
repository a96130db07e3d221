package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.StringJoiner;
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
    for (StorePath reference : references) {
      if (!reference.storeDir().equals(path.storeDir())) {
        throw new IllegalArgumentException(path + " cannot refer to " + reference);
      }
    }
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

  /**
   * What a signature is over: {@code 1;path;sha256:<base-32>;size;references}, with the references
   * in full, ascending, with commas between them.
   *
   * <p>Deriver, signatures and content address are not part of it. Source: {@code
   * ValidPathInfo::fingerprint} in {@code src/libstore/path-info.cc}.
   */
  public String fingerprint() {
    StringJoiner text =
        new StringJoiner(",", "1;" + path + ";" + narHash + ";" + narSizeBytes + ";", "");
    references.forEach(reference -> text.add(reference.toString()));
    return text.toString();
  }

  /** This info with the signature of {@code key} added. */
  public PathInfo signedBy(NixSecretKey key) {
    TreeSet<Signature> more = new TreeSet<>(signatures);
    more.add(key.sign(fingerprint().getBytes(StandardCharsets.UTF_8)));
    return new PathInfo(path, narHash, narSizeBytes, references, deriver, more, contentAddress);
  }

  /** The names of those among {@code keys} by which this info is signed; ascending. */
  public SortedSet<String> signersAmong(Collection<NixPublicKey> keys) {
    TreeSet<String> names = new TreeSet<>();
    byte[] fingerprint = fingerprint().getBytes(StandardCharsets.UTF_8);
    for (NixPublicKey key : keys) {
      for (Signature signature : signatures) {
        if (key.verifies(signature, fingerprint)) {
          names.add(key.name());
        }
      }
    }
    return Collections.unmodifiableSortedSet(names);
  }

  /**
   * Whether the path is the one that follows from the content address and the references. Such a
   * path needs no signature; one with a content address that does not fit is treated by Nix as if
   * it had none. That the content is what the address says is not checked here.
   */
  public boolean isContentAddressed() {
    return contentAddress.isPresent()
        && contentAddressedPath(contentAddress.get()).equals(Optional.of(path));
  }

  private Optional<StorePath> contentAddressedPath(ContentAddress address) {
    StoreDir storeDir = path.storeDir();
    SortedSet<StorePath> others = otherReferences();
    boolean self = references.contains(path);
    if (address.method() == ContentAddressMethod.TEXT) {
      return self
          ? Optional.empty()
          : Optional.of(StorePathRules.text(storeDir, path.name(), address.hash(), others));
    }
    if (StorePathRules.isSource(address)) {
      return Optional.of(
          StorePathRules.source(storeDir, path.name(), address.hash(), others, self));
    }
    return references.isEmpty()
        ? Optional.of(storeDir.fixedOutputPath(path.name(), address))
        : Optional.empty();
  }
}
