package io.github.remotebuild.model;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeSet;

/**
 * Computes store paths from what they stand for.
 *
 * <p>Every path is {@code fold20(sha256(type ":sha256:" hex(inner) ":" store dir ":" name))}; only
 * type and inner hash differ (source: Nix 2.8, {@code src/libstore/store-api.cc}).
 */
final class StorePathRules {
  private static final int HASH_BYTES = 20;

  private StorePathRules() {}

  static StorePath text(StoreDir dir, String name, Hash content, Collection<StorePath> references) {
    return make(dir, withReferences(dir, "text", references).toString(), content, name);
  }

  static StorePath source(
      StoreDir dir, String name, Hash nar, Collection<StorePath> references, boolean self) {
    StringBuilder type = withReferences(dir, "source", references);
    if (self) {
      type.append(":self");
    }
    return make(dir, type.toString(), nar, name);
  }

  static StorePath fixed(StoreDir dir, String name, ContentAddress address) {
    if (address.method() == ContentAddressMethod.TEXT) {
      return text(dir, name, address.hash(), new TreeSet<>());
    }
    if (isSource(address)) {
      return source(dir, name, address.hash(), new TreeSet<>(), false);
    }
    return make(dir, "output:out", sha256(fixedText(address)), name);
  }

  /** Whether paths of this kind are made like those of sources, and may have references. */
  static boolean isSource(ContentAddress address) {
    return address.method() == ContentAddressMethod.NAR
        && address.hash().algorithm() == HashAlgorithm.SHA256;
  }

  /** What Nix hashes in place of a content-addressed object. */
  static String fixedText(ContentAddress address) {
    return "fixed:out:"
        + address.method().prefixed(address.hash().algorithm())
        + ":"
        + address.hash().base16()
        + ":";
  }

  static StorePath output(StoreDir dir, String derivationName, String output, Hash hash) {
    return make(dir, "output:" + output, hash, OutputNames.pathName(derivationName, output));
  }

  static Hash sha256(String text) {
    return Hash.compute(HashAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Folds {@code hash} to 20 bytes by exclusive or. */
  static byte[] fold(Hash hash) {
    byte[] bytes = hash.toByteArray();
    byte[] folded = new byte[HASH_BYTES];
    for (int i = 0; i < bytes.length; i++) {
      folded[i % HASH_BYTES] ^= bytes[i];
    }
    return folded;
  }

  private static StringBuilder withReferences(
      StoreDir dir, String type, Collection<StorePath> references) {
    StringBuilder text = new StringBuilder(type);
    for (StorePath reference : new TreeSet<>(references)) {
      if (!reference.storeDir().equals(dir)) {
        throw new IllegalArgumentException(reference + " is not in " + dir);
      }
      text.append(':').append(reference);
    }
    return text;
  }

  private static StorePath make(StoreDir dir, String type, Hash inner, String name) {
    if (inner.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException(
          "A store path is made from a sha256, not from a " + inner.algorithm());
    }
    Hash outer = sha256(type + ":sha256:" + inner.base16() + ":" + dir.path() + ":" + name);
    return StorePath.of(dir, fold(outer), name);
  }
}
