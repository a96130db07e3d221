package io.github.remotebuild.fake;

import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A host with a store and a store program. Everything it is told to do it does for real; a test may
 * step in at any {@link Step}. Safe for use by several threads.
 */
public final class FakeMachine {
  /** What a test does at a step: waits, throws {@link FakeRefusal}, hangs up. */
  @FunctionalInterface
  public interface Hook {
    void run() throws InterruptedException, TransportException;
  }

  private final String host;
  private final FakeStore store;
  private final Map<Step, Hook> hooks = new ConcurrentHashMap<>();
  private final Map<String, FakeBuild.Builder> builders = new ConcurrentHashMap<>();
  private final Set<FakeConnection> open = ConcurrentHashMap.newKeySet();
  private final Set<FakeProcess> processes = ConcurrentHashMap.newKeySet();
  private final List<StorePath> builds = new CopyOnWriteArrayList<>();
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger loginsAtOnce = new AtomicInteger();
  private final AtomicInteger mostLoginsAtOnce = new AtomicInteger();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger building = new AtomicInteger();
  private final AtomicInteger mostBuilding = new AtomicInteger();

  public FakeMachine(String host, StoreDir storeDir) {
    this.host = host;
    this.store = new FakeStore(storeDir);
  }

  public String host() {
    return host;
  }

  public FakeStore store() {
    return store;
  }

  /** Does this each time the step is reached, instead of what was said for it before. */
  public void at(Step step, Hook hook) {
    hooks.put(step, hook);
  }

  /** Does this the next time the step is reached, and nothing after that. */
  public void once(Step step, Hook hook) {
    hooks.put(
        step,
        () -> {
          hooks.remove(step);
          hook.run();
        });
  }

  /** Steps in no longer. */
  public void undisturbed() {
    hooks.clear();
  }

  void openGates() {
    hooks.values().stream()
        .filter(Gate.class::isInstance)
        .map(Gate.class::cast)
        .forEach(Gate::open);
  }

  void reach(Step step) throws InterruptedException, TransportException {
    Hook hook = hooks.get(step);
    if (hook != null) {
      hook.run();
    }
  }

  /** Builds derivations of this name with this builder. */
  public void building(String name, FakeBuild.Builder builder) {
    builders.put(name, builder);
  }

  FakeBuild.Builder builder(String name) {
    return builders.getOrDefault(name, build -> {});
  }

  /** The builds begun, in this order. */
  public List<StorePath> builds() {
    return List.copyOf(builds);
  }

  void buildBegins(StorePath path) {
    builds.add(path);
    mostBuilding.accumulateAndGet(building.incrementAndGet(), Math::max);
  }

  void buildEnds() {
    building.decrementAndGet();
  }

  /** The most builds that have run at once. */
  public int mostBuilding() {
    return mostBuilding.get();
  }

  FakeConnection connect(ConnectOptions options) throws TransportException, InterruptedException {
    logins.incrementAndGet();
    mostLoginsAtOnce.accumulateAndGet(loginsAtOnce.incrementAndGet(), Math::max);
    try {
      reach(Step.CONNECT);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    } finally {
      loginsAtOnce.decrementAndGet();
    }
    FakeConnection connection = new FakeConnection(this, options.threads());
    open.add(connection);
    return connection;
  }

  void closed(FakeConnection connection) {
    open.remove(connection);
  }

  void began(FakeProcess process) {
    started.incrementAndGet();
    processes.add(process);
  }

  void ended(FakeProcess process) {
    processes.remove(process);
  }

  /** How often somebody has logged in, or tried to. */
  public int logins() {
    return logins.get();
  }

  /** How many logins have been going on at once. */
  public int mostLoginsAtOnce() {
    return mostLoginsAtOnce.get();
  }

  /** How many store processes were started. */
  public int started() {
    return started.get();
  }

  /** How many connections are open. */
  public int openConnections() {
    return open.size();
  }

  /** How many store processes run. */
  public int runningProcesses() {
    return processes.size();
  }

  /** Breaks every connection, as a reboot does. */
  public void vanish() {
    new ArrayList<>(open).forEach(FakeConnection::vanish);
  }

  /** Ends every store process, as an administrator does. */
  public void killProcesses() {
    new ArrayList<>(processes).forEach(FakeProcess::kill);
  }

  /** Ends the store process that comes to this, as if it had crashed. */
  public void crash() throws TransportException {
    throw new TransportException(TransportProblem.LOST, "killed");
  }

  /** A hook that says no, as a host that is down does. */
  public static Hook unreachable() {
    return failing(TransportProblem.UNREACHABLE);
  }

  public static Hook failing(TransportProblem problem) {
    return () -> {
      throw new TransportException(problem, "Could not connect to it: " + problem);
    };
  }

  /** A builder that fails. */
  public static FakeBuild.Builder failingBuilder(String message) {
    return build -> {
      throw new FakeBuild.Failed(BuildStatus.PERMANENT_FAILURE, message);
    };
  }

  @Override
  public String toString() {
    return host;
  }
}
