package io.github.remotebuild.testkit;

import io.github.remotebuild.transport.StderrSink;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** Counts what it gets, keeps the first bytes, and knows whether it was told the end. */
final class CountingSink implements StderrSink {
  private static final int KEPT_BYTES = 8 * 1024;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final byte[] kept = new byte[KEPT_BYTES];
  private long bytes;
  private int ends;

  @Override
  public synchronized void accept(byte[] buffer, int offset, int length) {
    if (bytes < KEPT_BYTES) {
      int room = (int) Math.min(length, KEPT_BYTES - bytes);
      System.arraycopy(buffer, offset, kept, (int) bytes, room);
    }
    bytes += length;
  }

  @Override
  public synchronized void end() {
    ends++;
    ended.countDown();
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized int ends() {
    return ends;
  }

  synchronized String text() {
    return new String(kept, 0, (int) Math.min(bytes, KEPT_BYTES), StandardCharsets.UTF_8);
  }
}
