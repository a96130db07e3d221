package io.github.remotebuild;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A request that is being worked on. Safe for use by several threads.
 *
 * <p>Until it is closed, what was built for it is rooted in the hub: a garbage collection does not
 * take it.
 *
 * @since 0.1
 */
public interface BuildHandle extends AutoCloseable {
  /**
   * Waits for the outcome.
   *
   * @throws InterruptedException if the calling thread is interrupted; the request goes on
   */
  BuildOutcome await() throws InterruptedException;

  /**
   * Waits for the outcome for a limited time.
   *
   * @return the outcome, or empty if there is none yet
   * @throws InterruptedException if the calling thread is interrupted; the request goes on
   */
  Optional<BuildOutcome> await(Duration timeout) throws InterruptedException;

  /**
   * The outcome as a future of its own: completing or cancelling it changes nothing here. It never
   * completes exceptionally.
   */
  CompletableFuture<BuildOutcome> outcome();

  /**
   * Stops the request: nothing new is begun, what runs is stopped, and the outcome is {@link
   * BuildOutcome.Cancelled} unless it is decided already. Returns at once.
   */
  void cancel();

  /**
   * Cancels the request if it is not done, and gives up its roots. Does nothing the second time.
   */
  @Override
  void close();
}
