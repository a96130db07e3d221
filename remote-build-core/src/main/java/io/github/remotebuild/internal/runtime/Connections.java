package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one store key.
 *
 * <p>They outlive builds: who is done gives his back, and the next takes it. New ones are opened
 * one at a time, because an ssh server drops those that come in a burst ({@code MaxStartups}); one
 * that is dropped before the login is tried again a few times. A login that comes to nothing does
 * so for everybody who was waiting for his turn: a machine that is down costs each of them one
 * timeout, not one for each before him. The number of connections is bounded by that of the
 * attempts that use them. Safe for use by several threads.
 */
final class Connections implements AutoCloseable {
  /** How often a login that the far end broke off is tried. */
  static final int CONNECT_TRIES = 4;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  /** A connection on loan. */
  record Loan(Connection connection, boolean isReused) {}

  private record Idle(Connection connection, long sinceNanos) {}

  private final Transport transport;
  private final Endpoint endpoint;
  private final ConnectOptions options;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Set<Connection> onLoan = new HashSet<>();
  private boolean isConnecting;

  /** How many logins have come to nothing, and how the last of them did. */
  private long failures;

  private @Nullable TransportException lastFailure;
  private volatile boolean isClosed;

  Connections(
      Transport transport, Endpoint endpoint, ConnectOptions options, LongSupplier nanoTime) {
    this.transport = transport;
    this.endpoint = endpoint;
    this.options = options;
    this.nanoTime = nanoTime;
  }

  /** How the machine is reached. */
  Endpoint endpoint() {
    return endpoint;
  }

  /** Borrows a connection: one that is there, or a new one. */
  Loan borrow() throws TransportException, InterruptedException {
    List<Connection> dead = new ArrayList<>();
    try {
      Connection kept = takeIdleOrTurn(dead);
      return kept == null ? connectInTurn() : new Loan(kept, true);
    } finally {
      dead.forEach(Connection::close);
    }
  }

  /** A connection that is there, or null when it is this thread's turn to open one. */
  private @Nullable Connection takeIdleOrTurn(List<Connection> dead)
      throws TransportException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long known = failures;
      while (true) {
        checkOpen();
        Idle kept = idle.pollLast();
        if (kept != null && kept.connection.isOpen()) {
          onLoan.add(kept.connection);
          return kept.connection;
        }
        TransportException failure = lastFailure;
        if (kept != null) {
          dead.add(kept.connection);
        } else if (failures != known && failure != null) {
          throw new TransportException(
              failure.problem(), String.valueOf(failure.getMessage()), failure);
        } else if (!isConnecting) {
          isConnecting = true;
          return null;
        } else {
          changed.await();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Loan connectInTurn() throws TransportException, InterruptedException {
    Connection opened = null;
    TransportException failure = null;
    try {
      opened = connectPatiently();
    } catch (TransportException e) {
      failure = e;
      throw e;
    } finally {
      lock.lock();
      try {
        isConnecting = false;
        if (failure != null) {
          failures++;
          lastFailure = failure;
        }
        changed.signalAll();
        if (opened != null && !isClosed) {
          onLoan.add(opened);
        }
      } finally {
        lock.unlock();
      }
    }
    if (!isOnLoan(opened)) {
      opened.close();
      checkOpen();
    }
    return new Loan(opened, false);
  }

  private Connection connectPatiently() throws TransportException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        return transport.connect(endpoint, options);
      } catch (TransportException e) {
        if (e.problem() != TransportProblem.LOST || attempt == CONNECT_TRIES) {
          throw e;
        }
      }
      pause(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private void pause(Duration length) throws InterruptedException, TransportException {
    long left = Nanos.of(length);
    lock.lockInterruptibly();
    try {
      checkOpen();
      while (left > 0) {
        left = changed.awaitNanos(left);
        checkOpen();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isOnLoan(Connection connection) {
    lock.lock();
    try {
      return onLoan.contains(connection);
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws TransportException {
    if (isClosed) {
      throw new TransportException(
          TransportProblem.LOST,
          "Could not connect to " + endpoint.name() + ": everything is being closed");
    }
  }

  /** Takes a connection back to be used again. */
  void giveBack(Connection connection) {
    lock.lock();
    try {
      if (onLoan.remove(connection) && !isClosed && connection.isOpen()) {
        idle.addLast(new Idle(connection, nanoTime.getAsLong()));
        // All: one that only pauses must not take the signal away from one that waits for this.
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    connection.close();
  }

  /** Hangs up a borrowed connection. */
  void discard(Connection connection) {
    lock.lock();
    try {
      onLoan.remove(connection);
    } finally {
      lock.unlock();
    }
    connection.close();
  }

  /** Hangs up what is not in use: all of it, when one of them has turned out to be dead. */
  void discardIdle() {
    closeIdleFor(Duration.ZERO);
  }

  /** Hangs up what has not been in use for that long. */
  void closeIdleFor(Duration age) {
    List<Connection> old = new ArrayList<>();
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      while (!idle.isEmpty() && now - idle.getFirst().sinceNanos >= Nanos.of(age)) {
        old.add(idle.removeFirst().connection);
      }
    } finally {
      lock.unlock();
    }
    old.forEach(Connection::close);
  }

  @Override
  public void close() {
    List<Connection> all = new ArrayList<>();
    lock.lock();
    try {
      isClosed = true;
      idle.forEach(i -> all.add(i.connection));
      idle.clear();
      all.addAll(onLoan);
      onLoan.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    all.forEach(Connection::close);
  }
}
