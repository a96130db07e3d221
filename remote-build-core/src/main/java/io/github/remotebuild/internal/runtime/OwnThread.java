package io.github.remotebuild.internal.runtime;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets others interrupt this thread while it does one thing, and never after: the thread goes on to
 * things of other people.
 *
 * <p>Made by the thread itself; {@link #interrupt} is for any thread.
 */
final class OwnThread implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread thread = Thread.currentThread();
  private boolean isInterrupted;

  /** Interrupts the thread, if it is still at it. */
  void interrupt() {
    lock.lock();
    try {
      Thread busy = thread;
      if (busy != null) {
        isInterrupted = true;
        busy.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The thing is over; an interrupt of ours that was not noticed is taken back. */
  @Override
  public void close() {
    lock.lock();
    try {
      thread = null;
      if (isInterrupted) {
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }
}
