package io.github.remotebuild.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds up whoever comes, until it is opened; a test can wait until somebody is there. */
public final class Gate implements Hook {
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  @Override
  public void run() throws InterruptedException {
    pass();
  }

  /** Waits at the gate. */
  public void pass() throws InterruptedException {
    reached.countDown();
    open.await();
  }

  /** Waits at the gate, whatever happens, as code does that takes no interrupt. */
  public void passStubbornly() {
    reached.countDown();
    boolean wasInterrupted = false;
    while (true) {
      try {
        open.await();
        break;
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until somebody is held up. */
  public void awaitReached() throws InterruptedException {
    assertThat(reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("somebody came").isTrue();
  }

  public boolean isReached() {
    return reached.getCount() == 0;
  }

  /** Lets everybody pass, from now on. */
  public void open() {
    open.countDown();
  }
}
