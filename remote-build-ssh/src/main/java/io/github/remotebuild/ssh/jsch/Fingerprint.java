package io.github.remotebuild.ssh.jsch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Names public keys as OpenSSH does. */
final class Fingerprint {
  /** The longest name of a key type this code believes. */
  private static final int MAX_TYPE_BYTES = 64;

  private Fingerprint() {}

  /** Such as {@code SHA256:nwhaJzaaf…}. */
  static String of(byte[] publicKey) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(publicKey);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The type a key says it has, such as {@code ssh-ed25519}, or {@code unknown}. */
  static String typeOf(byte[] publicKey) {
    if (publicKey.length < 4) {
      return "unknown";
    }
    int length = ByteBuffer.wrap(publicKey).getInt();
    if (length < 1 || length > MAX_TYPE_BYTES || length > publicKey.length - 4) {
      return "unknown";
    }
    return new String(publicKey, 4, length, StandardCharsets.US_ASCII);
  }

  /** Type and fingerprint. */
  static String describe(byte[] publicKey) {
    return typeOf(publicKey) + " " + of(publicKey);
  }
}
