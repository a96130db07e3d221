package io.github.remotebuild.testkit.embedded;

import java.util.concurrent.locks.ReentrantLock;

/** Passes a builder's log on, up to the bound on it, and tells the watch of it. */
final class BuildLogSink {
  /** Takes bytes of a log. */
  @FunctionalInterface
  interface Target {
    void write(byte[] buffer, int offset, int length);
  }

  private final Target target;
  private final BuildWatch watch;
  private final ReentrantLock lock = new ReentrantLock();

  BuildLogSink(Target target, BuildWatch watch) {
    this.target = target;
    this.watch = watch;
  }

  void write(byte[] buffer, int offset, int length) {
    lock.lock();
    try {
      if (watch.logged(length)) {
        target.write(buffer, offset, length);
      }
    } finally {
      lock.unlock();
    }
  }
}
