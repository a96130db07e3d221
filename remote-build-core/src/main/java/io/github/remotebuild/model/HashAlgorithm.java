package io.github.remotebuild.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash algorithms that Nix 2.8 to 2.34 use for content (reference: {@code
 * src/libutil/hash.cc}).
 *
 * @since 0.1
 */
public enum HashAlgorithm {
  /** 16 bytes; old fixed-output derivations only. */
  MD5("md5", "MD5", 16),
  /** 20 bytes; old fixed-output derivations only. */
  SHA1("sha1", "SHA-1", 20),
  /** 32 bytes; everything that Nix computes by itself. */
  SHA256("sha256", "SHA-256", 32),
  /** 64 bytes. */
  SHA512("sha512", "SHA-512", 64),
  /** 32 bytes; experimental in Nix ({@code blake3-hashes}, since 2.30), refused before. */
  BLAKE3("blake3", "BLAKE3", 32);

  private final String nixName;
  private final String javaName;
  private final int sizeBytes;

  HashAlgorithm(String nixName, String javaName, int sizeBytes) {
    this.nixName = nixName;
    this.javaName = javaName;
    this.sizeBytes = sizeBytes;
  }

  /** The name as Nix writes it, such as {@code sha256}. */
  public String nixName() {
    return nixName;
  }

  /** The length of a hash in bytes. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** A fresh digest of this algorithm. */
  public MessageDigest newDigest() {
    if (this == BLAKE3) {
      return new Blake3();
    }
    try {
      return MessageDigest.getInstance(javaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java runtime has no " + javaName, e);
    }
  }

  /**
   * The algorithm that Nix calls {@code name}.
   *
   * @throws FormatException if there is none
   */
  public static HashAlgorithm parse(String name) {
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.nixName.equals(name)) {
        return algorithm;
      }
    }
    throw new FormatException(
        "hash algorithm", "", "one of md5, sha1, sha256, sha512, blake3", "'" + name + "'");
  }

  @Override
  public String toString() {
    return nixName;
  }
}
