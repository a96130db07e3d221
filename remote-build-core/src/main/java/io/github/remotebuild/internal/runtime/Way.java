package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.time.Duration;

/**
 * A way to a machine, on loan to one attempt: a connection, or the door of the hub itself.
 *
 * <p>Used by the attempt's thread; {@link #hangUp} is for any thread.
 */
interface Way {
  /** Whether it was used before, so that it may have died unnoticed. */
  boolean isReused();

  /** How long {@link #open} may take. */
  Duration openingLimit();

  /**
   * Starts a store process there. Throws what opening a session throws.
   *
   * @param log takes what the process writes besides the protocol
   */
  StoreSession open(StderrSink log) throws TransportException, InterruptedException;

  /** Ends an {@link #open} that is going on. */
  void hangUp();

  /**
   * Gives it back after its session has ended.
   *
   * @param isClean whether the session ended in good order, so that the next may use it
   */
  void giveBack(boolean isClean);

  /** Gives back one that was dead, and with it those that may have died in the same moment. */
  void discardWithOthers();
}
