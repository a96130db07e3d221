package io.github.remotebuild.testkit;

import io.github.remotebuild.transport.StderrSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps what a process writes to its standard error. Safe for use by several threads. */
final class CapturedStderr implements StderrSink {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void accept(byte[] buffer, int offset, int length) {
    lock.lock();
    try {
      bytes.write(buffer, offset, length);
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  String text() {
    lock.lock();
    try {
      return bytes.toString(StandardCharsets.UTF_8);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until this was written. */
  void await(String expected, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!bytes.toString(StandardCharsets.UTF_8).contains(expected)) {
        if (left <= 0) {
          throw new AssertionError(
              "'" + expected + "' was not written within " + patience + ", but: " + text());
        }
        left = grown.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
