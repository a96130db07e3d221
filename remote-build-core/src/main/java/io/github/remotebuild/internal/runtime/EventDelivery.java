package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to one listener on a thread of its own.
 *
 * <p>{@link #post} never waits. What does not fit in the queue is dropped and counted: log lines
 * when they pass the bound in bytes, anything when there are too many events.
 */
final class EventDelivery implements AutoCloseable {
  /** The most events that wait for a listener. */
  static final int EVENT_LIMIT = 200_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

  private final BuildListener listener;
  private final long logLimitBytes;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<BuildEvent> queue = new ArrayDeque<>();
  private long queuedLogBytes;
  private long droppedEvents;
  private long droppedLogBytes;
  private long posted;
  private long delivered;
  private boolean isClosed;

  EventDelivery(BuildListener listener, long logLimitBytes, ThreadFactory threads) {
    this.listener = listener;
    this.logLimitBytes = logLimitBytes;
    this.thread = threads.newThread(this::deliver);
  }

  void start() {
    thread.start();
  }

  void post(BuildEvent event) {
    long bytes = logBytes(event);
    lock.lock();
    try {
      if (isClosed) {
        return;
      }
      boolean isTooMuch =
          queue.size() >= EVENT_LIMIT || (bytes > 0 && queuedLogBytes + bytes > logLimitBytes);
      if (isTooMuch) {
        droppedEvents++;
        droppedLogBytes += bytes;
        return;
      }
      if (droppedEvents > 0) {
        queue.add(takeDropped());
        posted++;
      }
      queue.add(event);
      posted++;
      queuedLogBytes += bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private BuildEvent takeDropped() {
    BuildEvent dropped = new BuildEvent.Dropped(droppedEvents, droppedLogBytes);
    droppedEvents = 0;
    droppedLogBytes = 0;
    return dropped;
  }

  /** Waits until the listener has taken everything posted so far, or the time is up. */
  void flush(Duration timeout) throws InterruptedException {
    if (Thread.currentThread() == thread) {
      return;
    }
    long left = timeout.toNanos();
    lock.lock();
    try {
      long goal = posted;
      while (delivered < goal && left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void deliver() {
    while (true) {
      BuildEvent event = next();
      if (event == null) {
        return;
      }
      try {
        listener.on(event);
      } catch (RuntimeException | LinkageError | AssertionError e) {
        LOG.warn("A build listener threw on {}", event.getClass().getSimpleName(), e);
      }
      lock.lock();
      try {
        delivered++;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable BuildEvent next() {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (droppedEvents > 0) {
          posted++;
          return takeDropped();
        }
        if (isClosed) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      BuildEvent event = queue.remove();
      queuedLogBytes -= logBytes(event);
      return event;
    } finally {
      lock.unlock();
    }
  }

  private static long logBytes(BuildEvent event) {
    return event instanceof BuildEvent.LogLine line ? line.line().length() + 64L : 0;
  }

  /** Ends the thread as soon as the queue is empty; a listener that hangs is interrupted. */
  void close(Duration grace) {
    try {
      flush(grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      isClosed = true;
      if (delivered < posted) {
        queue.clear();
        thread.interrupt();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(Math.max(1, grace.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofMillis(1));
  }
}
