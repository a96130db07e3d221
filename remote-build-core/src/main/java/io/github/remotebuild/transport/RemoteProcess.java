package io.github.remotebuild.transport;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A program running on a machine.
 *
 * <p>Standard output is pulled, with back-pressure; standard error is pushed into the sink that
 * {@link Connection#start} was given. Reading and writing may be done by two threads; {@link
 * #close} may be called from any.
 *
 * @since 0.1
 */
public interface RemoteProcess extends AutoCloseable {
  /**
   * The program's standard input. Closing it is a half-close: the program sees the end of its
   * input, and its output can still be read.
   */
  OutputStream stdin();

  /** The program's standard output. */
  InputStream stdout();

  /**
   * Waits until the program has ended and its last byte has been delivered.
   *
   * @param timeout how long to wait at most
   * @return its exit status, or empty if it has not ended in time, or ended without one (killed by
   *     a signal, connection lost)
   * @throws InterruptedException if the calling thread is interrupted
   */
  OptionalInt awaitExit(Duration timeout) throws InterruptedException;

  /** Whether the program has ended, or can no longer be heard. */
  boolean isEnded();

  /**
   * Ends the process as far as this side can: closes the streams, and every read and write blocked
   * on them ends with an exception. Does not throw, and does nothing the second time.
   */
  @Override
  void close();
}
