package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/**
 * Makes daemon threads and remembers them, to see whether all of them end. Safe for use by several
 * threads.
 *
 * @since 0.1
 */
public final class ThreadLedger implements ThreadFactory {
  private final CopyOnWriteArrayList<Thread> threads = new CopyOnWriteArrayList<>();

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "made by a test " + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  /** How many threads were made so far. */
  public int made() {
    return threads.size();
  }

  /** How many of them wait for something just now. */
  public long waiting() {
    return threads.stream()
        .map(Thread::getState)
        .filter(state -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
        .count();
  }

  /**
   * Waits for every thread that was made, and fails if one is left.
   *
   * @param patience how long all of them together may take
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void assertAllEnd(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    List<String> left = new ArrayList<>();
    for (Thread thread : threads) {
      thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      if (thread.isAlive()) {
        left.add(thread.getName() + " at " + List.of(thread.getStackTrace()));
      }
    }
    assertThat(left).as("threads that did not end within %s", patience).isEmpty();
  }
}
