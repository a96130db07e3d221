package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BuildOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Waits for the end of one build: its own, the client's, or that of a bound. */
final class BuildWatch {
  /** Why there is nothing more to wait for. */
  enum End {
    FINISHED,
    CANCELLED,
    SILENT_FOR_TOO_LONG,
    RAN_FOR_TOO_LONG,
    LOGGED_TOO_MUCH
  }

  private final BuildOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final long startNanos = System.nanoTime();
  private long lastLogNanos = startNanos;
  private long logBytes;
  private boolean isFinished;
  private boolean isCancelled;

  BuildWatch(BuildOptions options) {
    this.options = options;
  }

  /** The builder has written; false if that was too much. */
  boolean logged(int bytes) {
    lock.lock();
    try {
      logBytes += bytes;
      lastLogNanos = System.nanoTime();
      boolean isTooMuch = isTooMuch();
      if (isTooMuch) {
        changed.signalAll();
      }
      return !isTooMuch;
    } finally {
      lock.unlock();
    }
  }

  private boolean isTooMuch() {
    return options.maxLogSizeBytes() > 0 && logBytes > options.maxLogSizeBytes();
  }

  /** The builder has ended. */
  void finished() {
    lock.lock();
    try {
      isFinished = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody wants the result any more. */
  void cancel() {
    lock.lock();
    try {
      isCancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isCancelled() {
    lock.lock();
    try {
      return isCancelled;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for whatever comes first. */
  End await() {
    lock.lock();
    try {
      while (true) {
        if (isCancelled) {
          return End.CANCELLED;
        }
        if (isTooMuch()) {
          return End.LOGGED_TOO_MUCH;
        }
        if (isFinished) {
          return End.FINISHED;
        }
        long now = System.nanoTime();
        long ran = left(options.timeout(), startNanos, now);
        long silent = left(options.maxSilentTime(), lastLogNanos, now);
        if (ran <= 0) {
          return End.RAN_FOR_TOO_LONG;
        }
        if (silent <= 0) {
          return End.SILENT_FOR_TOO_LONG;
        }
        changed.await(Math.min(ran, silent), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return End.CANCELLED;
    } finally {
      lock.unlock();
    }
  }

  private static long left(Duration bound, long since, long now) {
    // Without a bound the wait is only looked after now and then.
    return bound.isZero() ? TimeUnit.HOURS.toNanos(1) : bound.toNanos() - (now - since);
  }
}
