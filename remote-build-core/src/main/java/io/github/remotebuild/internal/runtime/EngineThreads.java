package io.github.remotebuild.internal.runtime;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one engine, all from the embedder's factory.
 *
 * <p>One runs the dispatcher and the timers; a few plan; as many as there are attempts do the rest.
 * Planners and workers end when there is nothing for them to do.
 */
final class EngineThreads {
  /** How many requests are planned at once. */
  private static final int PLANNERS = 4;

  private static final Duration IDLE_AGE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(EngineThreads.class);

  private final ThreadFactory factory;
  private final ScheduledThreadPoolExecutor loop;
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor planners;
  private final Set<Thread> own = ConcurrentHashMap.newKeySet();

  EngineThreads(ThreadFactory threads) {
    factory =
        task -> {
          Thread thread = threads.newThread(task);
          if (thread == null) {
            throw new IllegalStateException("The thread factory made no thread");
          }
          return thread;
        };
    loop = new ScheduledThreadPoolExecutor(1, this::newOwn);
    loop.setRemoveOnCancelPolicy(true);
    loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_AGE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            this::newOwn);
    planners =
        new ThreadPoolExecutor(
            PLANNERS,
            PLANNERS,
            IDLE_AGE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            this::newOwn);
    planners.allowCoreThreadTimeOut(true);
  }

  private Thread newOwn(Runnable task) {
    return factory.newThread(
        () -> {
          own.add(Thread.currentThread());
          try {
            task.run();
          } finally {
            own.remove(Thread.currentThread());
          }
        });
  }

  /** Whether the calling thread is one of the engine's own. */
  boolean isOwn() {
    return own.contains(Thread.currentThread());
  }

  /** The embedder's factory, which gives a thread or throws. */
  ThreadFactory factory() {
    return factory;
  }

  ScheduledExecutorService loop() {
    return loop;
  }

  ExecutorService planners() {
    return planners;
  }

  /** Runs attempts; throws if there is no thread to be had. */
  Executor workers() {
    return workers;
  }

  ExecutorService workerPool() {
    return workers;
  }

  /** Runs things that must be done, on the calling thread if there is no other to be had. */
  Executor helpers() {
    return task -> {
      try {
        workers.execute(() -> guarded(task));
      } catch (RejectedExecutionException e) {
        guarded(task);
      } catch (RuntimeException | Error e) {
        LOG.warn("Could not start a thread", e);
        guarded(task);
      }
    };
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.warn("A defect in remote-build", e);
    }
  }

  void shutdownWorkers() {
    workers.shutdown();
  }
}
