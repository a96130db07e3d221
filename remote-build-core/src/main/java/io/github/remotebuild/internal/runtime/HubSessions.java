package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreException;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
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

  /**
   * How long things may take.
   *
   * @param toOpen opening a session
   * @param inQueue waiting for one that is in use
   */
  record Patience(Duration toOpen, Duration inQueue) {}

  private final Store hub;
  private final ConnectOptions options;
  private final SessionSettings settings;
  private final Patience patience;
  private final Watchdog watchdog;
  private final LongSupplier nanoTime;
  private final Semaphore permits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Entry> idle = new ArrayDeque<>();
  private final Set<Entry> onLoan = new HashSet<>();
  private volatile boolean isClosed;

  private static final class Entry {
    final StoreSession session;
    int loans;
    long idleSince;

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
      Store hub,
      ConnectOptions options,
      SessionSettings settings,
      int limit,
      Patience patience,
      Watchdog watchdog,
      LongSupplier nanoTime) {
    this.hub = hub;
    this.options = options;
    this.settings = settings;
    this.patience = patience;
    this.watchdog = watchdog;
    this.nanoTime = nanoTime;
    this.permits = new Semaphore(limit, true);
  }

  /** What messages call the hub. */
  String name() {
    return hub.name();
  }

  /**
   * Borrows a session, waiting for one if all are in use.
   *
   * @throws FailedException if the hub cannot be had
   */
  Loan borrow(Phase phase) throws InterruptedException {
    checkOpen(phase);
    if (!permits.tryAcquire(Nanos.of(patience.inQueue()), TimeUnit.NANOSECONDS)) {
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
                  + Texts.duration(patience.inQueue()),
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

  private void checkOpen(Phase phase) {
    if (isClosed) {
      throw Failures.closing(phase);
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

  /**
   * Opens a session outside the pool and its bound, which the caller closes.
   *
   * @throws FailedException if there is none to be had in time
   */
  StoreSession open(Phase phase, StderrSink stderr) throws InterruptedException {
    checkOpen(phase);
    AtomicBoolean isLate = new AtomicBoolean();
    try (OwnThread own = new OwnThread();
        Watchdog.Watch watch =
            watchdog.watch(
                patience.toOpen(),
                () -> {
                  isLate.set(true);
                  own.interrupt();
                })) {
      return hub.open(stderr, options, settings);
    } catch (TransportException e) {
      throw new FailedException(
          isLate.get()
              ? Failures.hubTimedOut(phase, hub.name(), "open it", patience.toOpen())
              : Failures.ofHub(phase, hub.name(), e));
    } catch (StoreException e) {
      throw new FailedException(
          isLate.get()
              ? Failures.hubTimedOut(phase, hub.name(), "open it", patience.toOpen())
              : Failures.ofHub(phase, e));
    } catch (InterruptedException e) {
      if (isLate.get()) {
        throw new FailedException(
            Failures.hubTimedOut(phase, hub.name(), "open it", patience.toOpen()));
      }
      throw e;
    }
  }

  private @Nullable Entry takeIdle() {
    List<Entry> dead = new ArrayList<>();
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
        dead.add(entry);
      }
    } finally {
      lock.unlock();
      dead.forEach(entry -> entry.session.abort());
    }
  }

  private void giveBack(Entry entry) {
    List<Entry> over = new ArrayList<>();
    lock.lock();
    try {
      boolean isOurs = onLoan.remove(entry);
      if (!isOurs || isClosed || entry.loans >= LOAN_LIMIT || !entry.session.isUsable()) {
        over.add(entry);
      } else {
        entry.idleSince = nanoTime.getAsLong();
        idle.addLast(entry);
      }
      if (!entry.session.isUsable() && entry.session.end().isEmpty()) {
        // Not we have ended it: whatever has, may have ended the others as well.
        over.addAll(idle);
        idle.clear();
      }
    } finally {
      lock.unlock();
    }
    try {
      over.forEach(old -> old.session.finish());
    } finally {
      permits.release();
    }
  }

  /** Ends the sessions that have not been in use for that long, and with them their roots. */
  void closeIdleFor(Duration age) {
    List<Entry> old = new ArrayList<>();
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      while (!idle.isEmpty() && now - idle.getFirst().idleSince >= Nanos.of(age)) {
        old.add(idle.removeFirst());
      }
    } finally {
      lock.unlock();
    }
    old.forEach(entry -> entry.session.finish());
  }

  @Override
  public void close() {
    List<Entry> kept;
    List<Entry> inUse;
    lock.lock();
    try {
      isClosed = true;
      kept = List.copyOf(idle);
      idle.clear();
      inUse = List.copyOf(onLoan);
    } finally {
      lock.unlock();
    }
    inUse.forEach(entry -> entry.session.abort());
    kept.forEach(entry -> entry.session.finish());
  }
}
