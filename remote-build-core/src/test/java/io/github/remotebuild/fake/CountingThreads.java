package io.github.remotebuild.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads and remembers them. */
public final class CountingThreads implements ThreadFactory {
  private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final AtomicInteger made = new AtomicInteger();

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "made for a test " + made.incrementAndGet());
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  /** How many were made. */
  public int made() {
    return made.get();
  }

  /** How many of them wait for something now. */
  public long waiting() {
    return threads.stream()
        .map(Thread::getState)
        .filter(state -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
        .count();
  }

  /** Whether the thread is one of ours. */
  public boolean isOurs(Thread thread) {
    return threads.contains(thread);
  }

  /** What still runs after everybody had a moment to end, with what it is doing. */
  public List<String> leftAfter(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    List<String> left = new ArrayList<>();
    for (Thread thread : threads) {
      thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      if (thread.isAlive()) {
        left.add(thread.getName() + " at " + Arrays.toString(thread.getStackTrace()));
      }
    }
    return left;
  }
}
