package io.github.remotebuild.transport;

import java.util.List;

/**
 * One login on a machine, on which one program after another is started.
 *
 * <p>At most one process runs on a connection at a time: ssh libraries that share a login between
 * streams let one unread stream stall the others. {@link #isOpen} and {@link #close} may be called
 * from any thread; the rest is for one thread at a time.
 *
 * @since 0.1
 */
public interface Connection extends AutoCloseable {
  /**
   * Starts a program.
   *
   * @param command the program and its arguments; the far side gets exactly these words, whatever
   *     characters are in them
   * @param stderr where the program's standard error goes
   * @return the running process, which the caller closes
   * @throws TransportException if the connection is lost or refuses another process
   * @throws IllegalStateException if the last process is not closed yet
   * @throws InterruptedException if the calling thread is interrupted
   */
  RemoteProcess start(List<String> command, StderrSink stderr)
      throws TransportException, InterruptedException;

  /** Whether the connection can still start a process, as far as is known without asking. */
  boolean isOpen();

  /**
   * Hangs up. Every read and write blocked on a process of this connection ends with an exception.
   * Does not throw, and does nothing the second time.
   */
  @Override
  void close();
}
