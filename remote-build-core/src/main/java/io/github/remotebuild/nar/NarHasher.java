package io.github.remotebuild.nar;

import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import java.security.MessageDigest;

/**
 * Computes the SHA-256 and the length of bytes as they pass. For one thread at a time.
 *
 * @since 0.1
 */
public final class NarHasher {
  private final MessageDigest digest = HashAlgorithm.SHA256.newDigest();
  private long sizeBytes;

  /** Makes a hasher that has seen nothing. */
  public NarHasher() {}

  /** Takes some bytes. */
  public void update(byte[] buffer, int offset, int length) {
    digest.update(buffer, offset, length);
    sizeBytes += length;
  }

  /** How many bytes have passed. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** The hash and the length of what has passed. The hasher begins anew afterwards. */
  public NarSummary finish() {
    NarSummary summary = new NarSummary(Hash.of(HashAlgorithm.SHA256, digest.digest()), sizeBytes);
    sizeBytes = 0;
    return summary;
  }
}
