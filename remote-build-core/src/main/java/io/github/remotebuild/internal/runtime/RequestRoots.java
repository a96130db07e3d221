package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.store.ValidityOption;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps a garbage collection in the hub from taking what a request needs or has got: a session
 * whose process holds temporary roots until the request's handle is closed. Safe for use by several
 * threads.
 */
final class RequestRoots implements AutoCloseable {
  private final StoreSession session;
  private final ReentrantLock lock = new ReentrantLock();

  RequestRoots(StoreSession session) {
    this.session = session;
  }

  /**
   * Holds these as well; throws what the session throws.
   *
   * @return those that are there
   */
  Set<StorePath> hold(Collection<StorePath> paths) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return session.queryValidPaths(paths, EnumSet.of(ValidityOption.LOCK));
    } finally {
      lock.unlock();
    }
  }

  /** Gives up the roots at once, whatever the session is doing. */
  void abort() {
    session.abort();
  }

  @Override
  public void close() {
    session.finish();
  }
}
