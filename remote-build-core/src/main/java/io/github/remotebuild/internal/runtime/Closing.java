package io.github.remotebuild.internal.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waits of {@code Engine.close()}, each with a bound, however much there is to wait for.
 *
 * <p>An interrupt of the closing thread ends the wait it hits, and is there again at the end. A
 * thread of the engine's own does not wait for itself.
 */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  static final String REASON = "RemoteBuilds was closed";

  /** How many handles are closed at once: each may wait for a process and a listener. */
  private static final int CLOSERS = 16;

  /** How many graces all waits take together at most, and a bit. */
  private static final int GRACES = 14;

  private final EngineThreads threads;
  private final long graceNanos;
  private final LongSupplier nanoTime;
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean wasInterrupted;
  private boolean isOwn;

  private interface Wait {
    void run() throws InterruptedException;
  }

  Closing(EngineThreads threads, Duration grace, LongSupplier nanoTime) {
    this.threads = threads;
    this.graceNanos = Nanos.of(grace);
    this.nanoTime = nanoTime;
  }

  void begin() {
    isOwn = threads.isOwn();
  }

  private void patiently(Wait wait) {
    try {
      wait.run();
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
  }

  private static Duration left(long deadline, long now) {
    return Duration.ofNanos(Math.max(0, deadline - now));
  }

  /** Waits for the outcomes, two graces at most: a store process gets one to end by itself. */
  void awaitDecisions(Collection<ActiveRequest> active) {
    long deadline = nanoTime.getAsLong() + 2 * graceNanos;
    patiently(
        () -> {
          for (ActiveRequest request : List.copyOf(active)) {
            request.awaitDecision(left(deadline, nanoTime.getAsLong()));
          }
        });
  }

  /** Closes every handle, two graces at most; what is not closed by then is dropped. */
  void closeAll(Collection<ActiveRequest> unclosed) {
    // A listener that closes everything is told apart from one that does not return.
    List<ActiveRequest> own = unclosed.stream().filter(r -> r.delivery.isListener()).toList();
    own.forEach(ActiveRequest::close);
    Queue<ActiveRequest> open = new ConcurrentLinkedQueue<>(unclosed);
    int closers = Math.min(CLOSERS, open.size());
    CountDownLatch closed = new CountDownLatch(closers);
    for (int i = 0; i < closers; i++) {
      threads
          .helpers()
          .execute(
              () -> {
                for (ActiveRequest next = open.poll(); next != null; next = open.poll()) {
                  next.close();
                }
                closed.countDown();
              });
    }
    patiently(() -> closed.await(2 * graceNanos, TimeUnit.NANOSECONDS));
    for (ActiveRequest next = open.poll(); next != null; next = open.poll()) {
      next.drop();
    }
    new ArrayList<>(unclosed).forEach(ActiveRequest::drop);
    unclosed.clear();
  }

  void await(EventDelivery delivery) {
    patiently(() -> delivery.join(Duration.ofNanos(graceNanos)));
  }

  /** Waits for the end of an executor's threads, and interrupts them half-way. */
  void end(ExecutorService executor) {
    patiently(
        () -> {
          if (isOwn || executor.awaitTermination(graceNanos, TimeUnit.NANOSECONDS)) {
            return;
          }
          executor.shutdownNow();
          executor.awaitTermination(graceNanos, TimeUnit.NANOSECONDS);
        });
  }

  void done() {
    done.countDown();
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for another thread that closes; not on a thread that this one may be waiting for. */
  void awaitOther() {
    if (threads.isOwn()) {
      return;
    }
    try {
      if (!done.await(GRACES * graceNanos, TimeUnit.NANOSECONDS)) {
        LOG.warn("Another thread is still closing RemoteBuilds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
