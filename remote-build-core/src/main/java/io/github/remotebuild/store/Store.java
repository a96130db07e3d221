package io.github.remotebuild.store;

import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.util.Optional;

/**
 * A store that sessions can be opened on, such as the hub. Safe for use by several threads.
 *
 * @since 0.1
 */
public interface Store {
  /** What messages call it. */
  String name();

  /** Its logical store directory. */
  StoreDir storeDir();

  /**
   * Opens a session of its own, which shares nothing with others.
   *
   * @param stderr takes what the store process writes besides the protocol
   * @param options deadlines, keep-alive and threads for reaching the store
   * @param settings the bounds within which the session works; the store directory in them is
   *     replaced by {@link #storeDir()}
   * @return an open session, which the caller closes
   * @throws TransportException if the store cannot be reached
   * @throws StoreException if there is no store process, or it does not speak our language
   * @throws InterruptedException if the calling thread is interrupted
   */
  StoreSession open(StderrSink stderr, ConnectOptions options, SessionSettings settings)
      throws TransportException, InterruptedException;

  /**
   * This store as a machine, which is what the local machine of a farm is to its hub: the same
   * store, whose sessions build in it and never pass a build on to machines of its own. Empty, as
   * by default, if its sessions cannot build.
   */
  default Optional<Store> building() {
    return Optional.empty();
  }
}
