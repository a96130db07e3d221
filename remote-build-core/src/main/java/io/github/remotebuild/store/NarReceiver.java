package io.github.remotebuild.store;

import io.github.remotebuild.model.StorePath;

/**
 * Takes NARs as they arrive from a store.
 *
 * <p>For each path: {@link #begin}, then {@link #chunk} any number of times, then {@link
 * #lastChunk} once. Whether a chunk is the last one is known before it is handed over, so that a
 * receiver can check what it has before it passes on the bytes that complete the NAR. The arrays
 * belong to the caller and are used again. All calls come from the thread that reads.
 *
 * @since 0.1
 */
public interface NarReceiver {
  /** A NAR begins. */
  void begin(StorePath path);

  /** Some bytes of it, the last ones not among them. */
  void chunk(byte[] buffer, int offset, int length);

  /** The bytes that complete it; at least one. */
  void lastChunk(byte[] buffer, int offset, int length);

  /** The reader is about to wait for more bytes: a good moment to pass on what is buffered. */
  default void beforeWaiting() {}
}
