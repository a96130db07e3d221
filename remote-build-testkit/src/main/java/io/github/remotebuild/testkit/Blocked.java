package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A call on a thread of its own that is expected to block until something frees it. */
final class Blocked {
  private final Thread thread;
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CompletableFuture<Object> result = new CompletableFuture<>();

  private Blocked(String what, Callable<?> call) {
    thread =
        new Thread(
            () -> {
              entered.countDown();
              try {
                Object value = call.call();
                result.complete(value == null ? "returned" : value);
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "blocked in " + what);
    thread.setDaemon(true);
  }

  /** Starts the call and waits until its thread waits, or, if it waits in native code, a moment. */
  static Blocked in(String what, Callable<?> call) throws InterruptedException {
    Blocked blocked = new Blocked(what, call);
    blocked.thread.start();
    blocked.entered.await();
    long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    int calm = 0;
    while (calm < 20 && System.nanoTime() < deadline && !blocked.result.isDone()) {
      Thread.State state = blocked.thread.getState();
      calm = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING ? calm + 1 : 0;
      LockSupport.parkNanos(1_000_000);
    }
    return blocked;
  }

  boolean isDone() {
    return result.isDone();
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Waits for the call to end, and returns what it threw. */
  Throwable failsWithin(Duration patience) throws InterruptedException {
    try {
      Object value = result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      throw new AssertionError("expected an exception, but the call returned " + value);
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError(
          thread.getName() + " was not freed within " + patience + ": " + stack(), e);
    }
  }

  /** Waits for the call to end, and returns the bytes it returned. */
  byte[] bytesWithin(Duration patience) throws InterruptedException {
    try {
      return (byte[]) result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(thread.getName() + " failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError(
          thread.getName() + " was not freed within " + patience + ": " + stack(), e);
    }
  }

  /** Waits for the call to end in any way. */
  void endsWithin(Duration patience) throws InterruptedException {
    thread.join(patience.toMillis());
    assertThat(thread.isAlive()).as("%s is still there: %s", thread.getName(), stack()).isFalse();
  }

  private String stack() {
    return java.util.List.of(thread.getStackTrace()).toString();
  }
}
