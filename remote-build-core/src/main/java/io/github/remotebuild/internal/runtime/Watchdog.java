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
  /** Runs things later. */
  @FunctionalInterface
  interface Timer {
    /**
     * Runs the task after that time, and returns what takes that back.
     *
     * @throws RejectedExecutionException if everything is being closed
     */
    Runnable schedule(Runnable task, long nanos);

    /** Runs things on the threads of an executor. */
    static Timer on(ScheduledExecutorService executor) {
      return (task, nanos) -> {
        ScheduledFuture<?> scheduled = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
      };
    }
  }

  private final Timer timer;
  private final LongSupplier nanoTime;

  Watchdog(Timer timer, LongSupplier nanoTime) {
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
    Watch watch = new Watch(Nanos.of(limit), onExpiry);
    watch.schedule(watch.limitNanos);
    return watch;
  }

  /** One thing that is being watched. Closing it ends the watch. */
  final class Watch implements AutoCloseable {
    private final long limitNanos;
    private final Runnable onExpiry;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private volatile long lastSign;
    private volatile @Nullable Runnable cancellation;

    private Watch(long limitNanos, Runnable onExpiry) {
      this.limitNanos = limitNanos;
      this.onExpiry = onExpiry;
      this.lastSign = nanoTime.getAsLong();
    }

    /** Begins the time anew. */
    void touch() {
      lastSign = nanoTime.getAsLong();
    }

    private void schedule(long nanos) {
      try {
        cancellation = timer.schedule(this::check, Math.max(1, nanos));
      } catch (RejectedExecutionException e) {
        // Everything is being closed; whoever closes ends what is watched as well.
        isOver.set(true);
      }
      if (isOver.get()) {
        // It was closed meanwhile, and has not seen this check.
        cancelCheck();
      }
    }

    private void cancelCheck() {
      Runnable cancel = cancellation;
      if (cancel != null) {
        cancel.run();
      }
    }

    private void check() {
      if (isOver.get()) {
        return;
      }
      long left = limitNanos - (nanoTime.getAsLong() - lastSign);
      if (left > 0) {
        schedule(left);
      } else if (isOver.compareAndSet(false, true)) {
        onExpiry.run();
      }
    }

    @Override
    public void close() {
      isOver.set(true);
      cancelCheck();
    }
  }
}
