package io.github.remotebuild.fake;

import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connects to nothing, and counts how often. Nothing can be started on its connections. Safe for
 * use by several threads.
 */
public final class StubTransport implements Transport {
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger loginsAtOnce = new AtomicInteger();
  private final AtomicInteger mostLoginsAtOnce = new AtomicInteger();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile Hook hook = Hook.nothing();

  /** Does this at each login from now on. */
  public void atLogin(Hook next) {
    hook = next;
  }

  /** Does this at the next login, and nothing after that. */
  public void atNextLogin(Hook next) {
    hook =
        () -> {
          hook = Hook.nothing();
          next.run();
        };
  }

  /** A hook that refuses. */
  public static Hook failing(TransportProblem problem) {
    return () -> {
      throw new TransportException(problem, "Could not connect to it: " + problem);
    };
  }

  public static Endpoint endpoint(String host) {
    return new Endpoint(
        host,
        Optional.empty(),
        host,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** How often somebody has logged in, or tried to. */
  public int logins() {
    return logins.get();
  }

  /** How many logins have been going on at once. */
  public int mostLoginsAtOnce() {
    return mostLoginsAtOnce.get();
  }

  /** How many connections are open. */
  public int openConnections() {
    return open.size();
  }

  @Override
  public Connection connect(Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException {
    logins.incrementAndGet();
    mostLoginsAtOnce.accumulateAndGet(loginsAtOnce.incrementAndGet(), Math::max);
    try {
      hook.run();
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    } finally {
      loginsAtOnce.decrementAndGet();
    }
    Connection connection = new StubConnection();
    open.add(connection);
    return connection;
  }

  private final class StubConnection implements Connection {
    @Override
    public RemoteProcess start(List<String> command, StderrSink stderr) {
      throw new UnsupportedOperationException("nothing can be started here");
    }

    @Override
    public boolean isOpen() {
      return open.contains(this);
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }
}
