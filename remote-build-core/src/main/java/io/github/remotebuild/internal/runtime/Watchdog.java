package io.github.remotebuild.internal.runtime;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls somebody when something takes too long.
 *
 * <p>Safe for use by several threads.
 */
final class Watchdog {
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;

  Watchdog(ScheduledExecutorService timer, LongSupplier nanoTime) {
    this.timer = timer;
    this.nanoTime = nanoTime;
  }

  /**
   * Begins to watch.
   *
   * @param limit how long may pass since now or the last {@link Watch#touch()}
   * @param onExpiry called once if more passes, on the timer's thread; must return at once
   */
  Watch watch(Duration limit, Runnable onExpiry) {
    Watch watch = new Watch(limit, onExpiry);
    watch.schedule(limit.toNanos());
    return watch;
  }

  /** One thing that is being watched. Closing it ends the watch. */
  final class Watch implements AutoCloseable {
    private final Duration limit;
    private final Runnable onExpiry;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private volatile boolean isExpired;
    private volatile long lastSign;
    private volatile @Nullable ScheduledFuture<?> check;

    private Watch(Duration limit, Runnable onExpiry) {
      this.limit = limit;
      this.onExpiry = onExpiry;
      this.lastSign = nanoTime.getAsLong();
    }

    /** Begins the time anew. */
    void touch() {
      lastSign = nanoTime.getAsLong();
    }

    /** Whether the time was passed. */
    boolean isExpired() {
      return isExpired;
    }

    private void schedule(long nanos) {
      try {
        check = timer.schedule(this::check, Math.max(1, nanos), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // Everything is being closed; whoever closes ends what is watched as well.
        isOver.set(true);
      }
    }

    private void check() {
      if (isOver.get()) {
        return;
      }
      long left = limit.toNanos() - (nanoTime.getAsLong() - lastSign);
      if (left > 0) {
        schedule(left);
      } else if (isOver.compareAndSet(false, true)) {
        isExpired = true;
        onExpiry.run();
      }
    }

    @Override
    public void close() {
      isOver.set(true);
      ScheduledFuture<?> scheduled = check;
      if (scheduled != null) {
        scheduled.cancel(false);
      }
    }
  }
}
