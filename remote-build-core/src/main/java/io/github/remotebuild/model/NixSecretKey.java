package io.github.remotebuild.model;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * A secret key that store paths are signed with: {@code <name>:<base-64 of seed and public key>},
 * as {@code nix-store --generate-binary-cache-key} writes it.
 *
 * <p>It never prints its secret. Immutable and safe for use by several threads. Source: {@code
 * src/libstore/crypto.cc}, Nix 2.8; the key is one of Ed25519 (RFC 8032).
 *
 * @since 0.1
 */
public final class NixSecretKey {
  private static final int SEED_BYTES = 32;

  private final PrivateKey key;
  private final NixPublicKey publicKey;

  private NixSecretKey(PrivateKey key, NixPublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  /**
   * Reads {@code name:base-64}; white space at the end is ignored.
   *
   * @throws FormatException if the text is no secret key, or if its two halves do not belong
   *     together; the message does not have the secret
   */
  public static NixSecretKey parse(String text) {
    KeyText parts = KeyText.parse("secret key", text, SEED_BYTES + NixPublicKey.SIZE_BYTES);
    byte[] seed = Arrays.copyOf(parts.bytes(), SEED_BYTES);
    byte[] other = Arrays.copyOfRange(parts.bytes(), SEED_BYTES, parts.bytes().length);
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
      NixSecretKey secret = new NixSecretKey(key, NixPublicKey.of(parts.name(), other));
      if (!secret.publicKey.verifies(secret.sign(new byte[0]), new byte[0])) {
        throw new FormatException(
            "secret key " + parts.name(),
            "",
            "a seed and its public key",
            "a public key that does not belong to the seed");
      }
      return secret;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime has no Ed25519", e);
    }
  }

  /** What stands before the colon. */
  public String name() {
    return publicKey.name();
  }

  /** The key that checks what this one signs. */
  public NixPublicKey publicKey() {
    return publicKey;
  }

  /** The signature of this key over {@code fingerprint}. */
  public Signature sign(byte[] fingerprint) {
    try {
      java.security.Signature signer = java.security.Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(fingerprint);
      return new Signature(name() + ":" + Base64.getEncoder().encodeToString(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Could not sign with key " + name(), e);
    }
  }

  /** The name of the key, without the secret. */
  @Override
  public String toString() {
    return "secret key " + name();
  }
}
