package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sessions on the hub through which inputs are read and outputs registered.
 *
 * <p>A bounded number, which is also the bound on transfers; used again and again, and retired
 * before the temporary roots that they hold pile up. Safe for use by several threads.
 */
final class HubSessions implements AutoCloseable {
  /** After how many loans a session is replaced. */
  static final int LOAN_LIMIT = 500;

  private final Store hub;
  private final ConnectOptions options;
  private final SessionSettings settings;
  private final Duration waitLimit;
  private final Semaphore permits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Entry> idle = new ArrayDeque<>();
  private final Set<Entry> onLoan = new HashSet<>();
  private boolean isClosed;

  private static final class Entry {
    final StoreSession session;
    int loans;

    Entry(StoreSession session) {
      this.session = session;
    }
  }

  /** A session on loan; closing it gives it back. */
  final class Loan implements AutoCloseable {
    private final Entry entry;

    private Loan(Entry entry) {
      this.entry = entry;
    }

    StoreSession session() {
      return entry.session;
    }

    @Override
    public void close() {
      giveBack(entry);
    }
  }

  HubSessions(
      Store hub, ConnectOptions options, SessionSettings settings, int limit, Duration waitLimit) {
    this.hub = hub;
    this.options = options;
    this.settings = settings;
    this.waitLimit = waitLimit;
    this.permits = new Semaphore(limit, true);
  }

  /**
   * Borrows a session, waiting for one if all are in use.
   *
   * @throws FailedException if the hub cannot be had
   */
  Loan borrow(Phase phase) throws InterruptedException {
    if (!permits.tryAcquire(waitLimit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new FailedException(
          new Failure(
              phase,
              FailureCause.TIMED_OUT,
              Culprit.HUB,
              RetryAdvice.SAME_MACHINE,
              Optional.empty(),
              "Could not get at "
                  + hub.name()
                  + ": all transfers were busy for "
                  + Texts.duration(waitLimit),
              List.of()));
    }
    Entry entry = null;
    try {
      entry = idleOrNew(phase);
      return new Loan(entry);
    } finally {
      if (entry == null) {
        permits.release();
      }
    }
  }

  private Entry idleOrNew(Phase phase) throws InterruptedException {
    Entry kept = takeIdle();
    if (kept != null) {
      return kept;
    }
    Entry opened = new Entry(open(phase, StderrSink.discarding()));
    lock.lock();
    try {
      if (!isClosed) {
        opened.loans++;
        onLoan.add(opened);
        return opened;
      }
    } finally {
      lock.unlock();
    }
    opened.session.abort();
    throw Failures.closing(phase);
  }

  /** Opens a session outside the pool and its bound, which the caller closes. */
  StoreSession open(Phase phase, StderrSink stderr) throws InterruptedException {
    try {
      return hub.open(stderr, options, settings);
    } catch (TransportException e) {
      throw new FailedException(Failures.ofHub(phase, hub.name(), e));
    }
  }

  private @Nullable Entry takeIdle() {
    lock.lock();
    try {
      while (true) {
        Entry entry = idle.pollLast();
        if (entry == null) {
          return null;
        }
        if (entry.session.isUsable()) {
          entry.loans++;
          onLoan.add(entry);
          return entry;
        }
        entry.session.abort();
      }
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(Entry entry) {
    boolean isKept = false;
    lock.lock();
    try {
      if (onLoan.remove(entry)
          && !isClosed
          && entry.session.isUsable()
          && entry.loans < LOAN_LIMIT) {
        idle.addLast(entry);
        isKept = true;
      }
    } finally {
      lock.unlock();
    }
    if (!isKept) {
      entry.session.finish();
    }
    permits.release();
  }

  @Override
  public void close() {
    List<Entry> kept = new ArrayList<>();
    List<Entry> inUse = new ArrayList<>();
    lock.lock();
    try {
      isClosed = true;
      kept.addAll(idle);
      idle.clear();
      inUse.addAll(onLoan);
    } finally {
      lock.unlock();
    }
    inUse.forEach(e -> e.session.abort());
    kept.forEach(e -> e.session.finish());
  }
}
