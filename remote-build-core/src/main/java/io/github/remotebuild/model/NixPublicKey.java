package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * A public key that signatures of store paths are checked with: {@code <name>:<base-64 of 32
 * bytes>}, as in {@code trusted-public-keys}.
 *
 * <p>Immutable and safe for use by several threads. Source: {@code src/libstore/crypto.cc}, Nix
 * 2.8; the key is one of Ed25519 (RFC 8032).
 *
 * @since 0.1
 */
public final class NixPublicKey {
  static final int SIZE_BYTES = 32;

  private final String name;
  private final byte[] bytes;

  private NixPublicKey(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  static NixPublicKey of(String name, byte[] bytes) {
    return new NixPublicKey(name, bytes);
  }

  /**
   * Reads {@code name:base-64}.
   *
   * @throws FormatException if the text is no public key
   */
  public static NixPublicKey parse(String text) {
    KeyText key = KeyText.parse("public key", text, SIZE_BYTES);
    return new NixPublicKey(key.name(), key.bytes());
  }

  /** What stands before the colon. */
  public String name() {
    return name;
  }

  /** Whether {@code signature} is one of this key over {@code fingerprint}; false if in doubt. */
  public boolean verifies(Signature signature, byte[] fingerprint) {
    requireNonNull(fingerprint, "fingerprint");
    if (!signature.keyName().equals(name) || signature.bytes().isEmpty()) {
      return false;
    }
    try {
      java.security.Signature check = java.security.Signature.getInstance("Ed25519");
      check.initVerify(key());
      check.update(fingerprint);
      return check.verify(signature.bytes().get().unsafeBytes());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The bytes are the y coordinate, little-endian, with the sign of x in the last bit. */
  private PublicKey key() throws GeneralSecurityException {
    byte[] bigEndian = new byte[SIZE_BYTES];
    for (int i = 0; i < SIZE_BYTES; i++) {
      bigEndian[i] = bytes[SIZE_BYTES - 1 - i];
    }
    boolean isXOdd = bigEndian[0] < 0;
    bigEndian[0] &= 0x7f;
    EdECPoint point = new EdECPoint(isXOdd, new BigInteger(1, bigEndian));
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NixPublicKey that
        && name.equals(that.name)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    return name + ":" + Base64.getEncoder().encodeToString(bytes);
  }
}
