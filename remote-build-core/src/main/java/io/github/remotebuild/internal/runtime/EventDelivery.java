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
 * Brings events to one listener on a thread of its own; the silent listener gets none.
 *
 * <p>{@link #post} never waits. What does not fit in the queue is dropped and counted: log lines
 * when they pass the bound in bytes, anything when there are too many events. Safe for use by
 * several threads, the listener's own among them.
 */
final class EventDelivery {
  /** The most events that wait for a listener. */
  static final int EVENT_LIMIT = 200_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

  private final BuildListener listener;
  private final long logLimitBytes;
  private final @Nullable Thread thread;
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
    this.thread = listener == BuildListener.silent() ? null : threads.newThread(this::deliver);
    this.isClosed = thread == null;
  }

  void start() {
    if (thread != null) {
      thread.start();
    }
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

  /**
   * Waits until the listener has taken everything posted so far, or the time is up. The listener
   * itself, which would wait for ever, does not wait.
   */
  void flush(Duration timeout) throws InterruptedException {
    if (isListener()) {
      return;
    }
    long left = Nanos.of(timeout);
    lock.lockInterruptibly();
    try {
      // What was dropped is told of when the queue is empty, and is part of what was posted.
      long goal = posted + (droppedEvents > 0 ? 1 : 0);
      while (delivered < goal && left > 0 && !isClosed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether the calling thread is the one that calls the listener. */
  boolean isListener() {
    return Thread.currentThread() == thread;
  }

  private void deliver() {
    while (true) {
      BuildEvent event = next();
      if (event == null) {
        return;
      }
      try {
        listener.on(event);
      } catch (RuntimeException | Error e) {
        LOG.warn("A build listener threw on {}", event.getClass().getSimpleName(), e);
      }
      // An interrupt that the listener has left behind is not meant for its next call.
      Thread.interrupted();
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
        if (isClosed) {
          return null;
        }
        if (droppedEvents > 0) {
          posted++;
          return takeDropped();
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

  /**
   * Ends the thread: at once if it waits for events, otherwise when the listener returns; what
   * waits for it is dropped, and it is interrupted unless it is the listener that calls this.
   * Returns at once.
   */
  void end() {
    lock.lock();
    try {
      if (isClosed) {
        return;
      }
      isClosed = true;
      boolean isListening = delivered < posted;
      queue.clear();
      queuedLogBytes = 0;
      changed.signalAll();
      Thread delivering = thread;
      if (isListening && delivering != null && !isListener()) {
        delivering.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the end of the thread, for that long; does nothing if it is the listener's own. */
  void join(Duration patience) throws InterruptedException {
    Thread delivering = thread;
    if (delivering != null && !isListener()) {
      delivering.join(Math.max(1, Nanos.of(patience) / 1_000_000));
    }
  }

  /** Gives the listener that long for what waits, ends the thread, and waits as long for that. */
  void close(Duration grace) {
    boolean wasInterrupted = false;
    try {
      flush(grace);
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
    end();
    try {
      if (!wasInterrupted) {
        join(grace);
      }
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
