package io.github.remotebuild.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds up whoever comes, until it is opened, so that a test knows that something is going on just
 * now. Safe for use by several threads.
 *
 * <pre>{@code
 * Gate gate = new Gate();
 * farm.machine("a").at(Step.BUILD_DERIVATION, gate::pass);
 * BuildHandle handle = builds.start(request);
 * gate.awaitReached(Duration.ofSeconds(20));
 * handle.cancel();
 * }</pre>
 *
 * @since 0.1
 */
public final class Gate {
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  /** Makes a gate that is closed. */
  public Gate() {}

  /**
   * Waits until the gate is open.
   *
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void pass() throws InterruptedException {
    reached.countDown();
    open.await();
  }

  /**
   * Waits until the gate is open, whatever happens, as code does that takes no interrupt. One that
   * came meanwhile is kept.
   */
  public void passStubbornly() {
    reached.countDown();
    boolean wasInterrupted = false;
    while (open.getCount() > 0) {
      try {
        open.await();
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until somebody has come.
   *
   * @param patience how long to wait at most
   * @throws AssertionError if nobody has come by then
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void awaitReached(Duration patience) throws InterruptedException {
    if (!reached.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("Nobody came to the gate within " + patience);
    }
  }

  /** Whether somebody has come. */
  public boolean isReached() {
    return reached.getCount() == 0;
  }

  /** Lets everybody pass, from now on. */
  public void open() {
    open.countDown();
  }
}
