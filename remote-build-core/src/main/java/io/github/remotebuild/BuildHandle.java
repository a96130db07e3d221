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
   * Waits for the outcome, and then for the request's listener to take what there is to tell, for
   * {@link Limits#closeGrace} at most. A listener that waits for its own request waits for the
   * outcome only.
   *
   * @throws InterruptedException if the calling thread is interrupted; the request goes on
   */
  BuildOutcome await() throws InterruptedException;

  /**
   * Waits for the outcome for a limited time. Once there is one, does what {@link #await()} does.
   *
   * @param timeout how long; zero or less only looks
   * @return the outcome, or empty if there is none yet
   * @throws InterruptedException if the calling thread is interrupted; the request goes on
   */
  Optional<BuildOutcome> await(Duration timeout) throws InterruptedException;

  /**
   * The outcome as a future of its own: completing or cancelling it changes nothing here. It never
   * completes exceptionally. What is attached to it runs on a thread that holds up no build, and
   * may itself build and close. Events may still be on their way to the listener then.
   */
  CompletableFuture<BuildOutcome> outcome();

  /**
   * Stops the request: nothing new is begun and what runs is stopped. The outcome is {@link
   * BuildOutcome.Cancelled}, unless it is decided already or something has failed before. Returns
   * at once; the outcome follows when the machines have stopped what they built, or have had {@link
   * Limits#closeGrace} for it.
   */
  void cancel();

  /**
   * Cancels the request if it is not done, gives up its roots, and tells its listener nothing more.
   *
   * <p>After the outcome, the listener gets {@link Limits#closeGrace} for what it was not told yet,
   * and is then interrupted. Does nothing the second time.
   */
  @Override
  void close();
}
