package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Phase;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The local machine: the hub, where it builds. Each attempt has a session of its own there, opened
 * with delegation switched off; their number is bounded by the machine's slots, not by that of
 * transfers. Safe for use by several threads.
 */
final class HubMachine implements AutoCloseable {
  private final Store hub;
  private final ConnectOptions options;
  private final SessionSettings settings;
  private final Duration openingLimit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<StoreSession> open = new HashSet<>();
  private boolean isClosed;

  HubMachine(Store hub, ConnectOptions options, SessionSettings settings, Duration openingLimit) {
    this.hub = hub;
    this.options = options;
    this.settings = settings;
    this.openingLimit = openingLimit;
  }

  /**
   * A way for one attempt, made by its own thread.
   *
   * @param machine what messages call the local machine
   * @throws TransportException if the hub cannot build
   */
  Way way(String machine) throws TransportException {
    Optional<Store> building = hub.building();
    if (building.isEmpty()) {
      throw new TransportException(
          TransportProblem.MISCONFIGURED,
          "Could not build on "
              + machine
              + ": the hub, "
              + hub.name()
              + ", cannot build; leave the local machine out of the farm, or use a hub that can");
    }
    return new Door(building.get());
  }

  private final class Door implements Way {
    private final Store building;
    private final OwnThread opening = new OwnThread();
    private Optional<StoreSession> session = Optional.empty();

    Door(Store building) {
      this.building = building;
    }

    @Override
    public boolean isReused() {
      return false;
    }

    @Override
    public Duration openingLimit() {
      return openingLimit;
    }

    @Override
    public StoreSession open(StderrSink log) throws TransportException, InterruptedException {
      StoreSession opened;
      try (OwnThread own = opening) {
        opened = building.open(log, options, settings);
      }
      session = Optional.of(opened);
      lock.lock();
      try {
        if (!isClosed) {
          open.add(opened);
          return opened;
        }
      } finally {
        lock.unlock();
      }
      opened.abort();
      throw Failures.closing(Phase.HANDSHAKE);
    }

    @Override
    public void hangUp() {
      opening.interrupt();
    }

    @Override
    public void giveBack(boolean isClean) {
      opening.close();
      lock.lock();
      try {
        session.ifPresent(open::remove);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void discardWithOthers() {
      giveBack(false);
    }
  }

  /** Hangs up on all attempts. */
  @Override
  public void close() {
    List<StoreSession> left;
    lock.lock();
    try {
      isClosed = true;
      left = List.copyOf(open);
    } finally {
      lock.unlock();
    }
    left.forEach(StoreSession::abort);
  }
}
