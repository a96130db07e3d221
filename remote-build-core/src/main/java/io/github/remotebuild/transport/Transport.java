package io.github.remotebuild.transport;

/**
 * A way to reach a machine and start programs on it.
 *
 * <p>Implementations are safe for use by several threads and hold nothing between calls: what a
 * connection needs it opens, and closes again with the connection. They never prompt.
 *
 * @since 0.1
 */
public interface Transport {
  /**
   * Opens a connection, within the deadlines of {@code options}.
   *
   * <p>A thread blocked here that is interrupted returns within a bounded time.
   *
   * @param endpoint whom to reach
   * @param options deadlines, keep-alive and threads
   * @return an open connection, which the caller closes
   * @throws TransportException if the machine cannot be reached, is not the one it should be, or
   *     does not let us in
   * @throws InterruptedException if the calling thread is interrupted
   */
  Connection connect(Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException;
}
