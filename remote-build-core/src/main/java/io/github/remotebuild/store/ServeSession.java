package io.github.remotebuild.store;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.StderrSink;

/**
 * Opens sessions with {@code nix-store --serve}.
 *
 * @since 0.1
 */
public final class ServeSession {
  private ServeSession() {}

  /**
   * Starts a store process and greets it.
   *
   * <p>Blocks until the greeting has arrived; a timer that must end this closes the connection.
   * Closing the session leaves the connection open, for the next process.
   *
   * @param name what messages call the machine or store
   * @param connection where to start the process
   * @param command what to start
   * @param stderr gets everything that the process writes to its standard error, unchanged
   * @param settings store directory and bounds
   * @return the session, which the caller closes
   * @throws StoreException if the process cannot be started, or is no store process we can talk to
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static StoreSession open(
      String name,
      Connection connection,
      ServeCommand command,
      StderrSink stderr,
      SessionSettings settings)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    throw new UnsupportedOperationException();
  }
}
