package io.github.remotebuild.testkit.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of one machine, and knows which of them still run. */
final class MachineThreads implements ThreadFactory {
  private final String name;
  private final AtomicInteger made = new AtomicInteger();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  MachineThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                running.add(Thread.currentThread());
                task.run();
              } finally {
                running.remove(Thread.currentThread());
              }
            },
            "embedded " + name + " " + made.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Waits for all of them, and tells what those do that are left. */
  List<String> leftAfter(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (Thread thread : running) {
      thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
    }
    return running.stream()
        .filter(Thread::isAlive)
        .map(thread -> thread.getName() + " at " + List.of(thread.getStackTrace()))
        .toList();
  }
}
