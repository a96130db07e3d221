package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.FarmEvent;
import io.github.remotebuild.Limits;
import io.github.remotebuild.dispatch.Dispatcher;
import io.github.remotebuild.dispatch.RequestId;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.transport.ConnectOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Takes requests, plans them, and hands them to the loop that dispatches them. */
public final class Engine implements AutoCloseable {
  private final EngineSettings settings;
  private final Limits limits;
  private final Instant startTime;
  private final long startNanos;
  private final EngineThreads threads;
  private final Watchdog watchdog;
  private final Machines machines;
  private final HubSessions hub;
  private final EventDelivery toAll;
  private final RequestPlanning planning;
  private final DispatchLoop dispatching;
  private final AtomicLong lastId = new AtomicLong();

  /** The requests without an outcome. */
  private final Set<ActiveRequest> active = ConcurrentHashMap.newKeySet();

  /** The requests whose handle is not closed. */
  private final Set<ActiveRequest> unclosed = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Closing closing;
  private final ScheduledFuture<?> idleCheck;
  private final FarmControl farmControl;

  /** Starts the engine's own thread. */
  public Engine(EngineSettings settings) {
    this.settings = settings;
    this.limits = settings.limits();
    this.startTime = settings.clock().instant();
    this.startNanos = settings.nanoTime().getAsLong();
    this.threads = new EngineThreads(settings.threads());
    this.watchdog = new Watchdog(Watchdog.Timer.on(threads.loop()), settings.nanoTime());
    ConnectOptions connectOptions =
        new ConnectOptions(
            limits.connectTimeout(),
            limits.authenticateTimeout(),
            limits.keepAliveInterval(),
            limits.keepAliveLimit(),
            threads.factory());
    SessionSettings sessionSettings =
        SessionSettings.defaults()
            .withStoreDir(settings.hub().storeDir())
            .withCloseGrace(limits.closeGrace());
    this.machines =
        new Machines(
            settings.farm(),
            new Machines.Reach(settings.ssh(), settings.local(), settings.nanoTime()),
            connectOptions,
            sessionSettings,
            threads.helpers());
    Duration opening =
        limits.connectTimeout().plus(limits.authenticateTimeout()).plus(limits.handshakeTimeout());
    this.hub =
        new HubSessions(
            settings.hub(),
            connectOptions,
            sessionSettings,
            limits.transfers(),
            new HubSessions.Patience(opening, limits.fetchWaitTimeout()),
            watchdog,
            settings.nanoTime());
    this.toAll = new EventDelivery(settings.listener(), limits.logQueueBytes(), threads.factory());
    this.planning =
        new RequestPlanning(
            hub, limits, watchdog, threads.helpers(), settings.isSubstituting(), lastId);
    this.dispatching =
        new DispatchLoop(
            threads.loop(),
            threads.workers(),
            new SlotDesk(settings.leases(), limits.leaseTimeout(), watchdog),
            settings.farm(),
            new Surroundings());
    this.closing = new Closing(threads, limits.closeGrace(), settings.nanoTime());
    this.farmControl =
        new FarmControl(
            settings.farm(),
            dispatching,
            settings
                .watched()
                .map(
                    watched ->
                        new FarmWatcher(
                            watched,
                            limits.machinesFileInterval(),
                            threads.loop(),
                            threads.helpers(),
                            toAll::post)));
    toAll.start();
    long idleMillis = Math.max(1, Nanos.of(limits.idleConnectionAge().dividedBy(4)) / 1_000_000);
    idleCheck =
        threads
            .loop()
            .scheduleWithFixedDelay(
                () -> threads.helpers().execute(this::closeIdle),
                idleMillis,
                idleMillis,
                TimeUnit.MILLISECONDS);
    farmControl.start();
  }

  /** The list of machines, and what is ordered of them; throws if the engine is closed. */
  public FarmControl farm() {
    checkOpen();
    return farmControl;
  }

  private void closeIdle() {
    machines.closeIdleFor(limits.idleConnectionAge());
    hub.closeIdleFor(limits.idleConnectionAge());
  }

  /** Begins to work on a request. */
  public BuildHandle start(BuildRequest request) {
    checkOpen();
    EventDelivery delivery =
        new EventDelivery(request.listener(), limits.logQueueBytes(), threads.factory());
    ActiveRequest started =
        new ActiveRequest(
            new RequestId(lastId.incrementAndGet()),
            request,
            new Ownership(),
            delivery,
            limits.closeGrace(),
            threads.helpers());
    active.add(started);
    unclosed.add(started);
    boolean isStarted = false;
    try {
      // Whoever closes looks at the requests after this is set, so one of the two sees the other.
      checkOpen();
      delivery.start();
      threads.planners().execute(() -> plan(started));
      isStarted = true;
      return started;
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("RemoteBuilds is closed", e);
    } finally {
      if (!isStarted) {
        active.remove(started);
        unclosed.remove(started);
        delivery.end();
      }
    }
  }

  private void checkOpen() {
    if (isClosed.get()) {
      throw new IllegalStateException("RemoteBuilds is closed");
    }
  }

  private void plan(ActiveRequest request) {
    if (!request.begin()) {
      return;
    }
    RequestPlanning.Result result = planning.plan(request);
    Optional<Failure> failure = result.failure();
    Optional<String> cancelReason = request.cancelReason();
    if (failure.isPresent() && cancelReason.isPresent()) {
      end(request, new BuildOutcome.Cancelled(new TreeMap<>(), cancelReason.get()));
    } else if (failure.isPresent()) {
      end(request, new BuildOutcome.Failed(new TreeMap<>(), failure.get()));
    } else if (!dispatching.submit(request, result)) {
      end(request, new BuildOutcome.Cancelled(new TreeMap<>(), Closing.REASON));
    }
  }

  private void end(ActiveRequest request, BuildOutcome outcome) {
    request.complete(outcome);
    active.remove(request);
  }

  private Instant now() {
    return startTime.plusNanos(settings.nanoTime().getAsLong() - startNanos);
  }

  /** Cancels every request and ends every thread, process and connection. */
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      closing.awaitOther();
      return;
    }
    idleCheck.cancel(false);
    farmControl.close();
    closing.begin();
    active.forEach(request -> request.cancel(Closing.REASON));
    closing.awaitDecisions(active);
    machines.close();
    hub.close();
    threads.planners().shutdownNow();
    // What is still being done has lost its sessions and connections, and ends because of that.
    closing.awaitDecisions(active);
    closing.end(threads.planners());
    threads.loop().shutdown();
    closing.end(threads.loop());
    active.forEach(
        request -> end(request, new BuildOutcome.Cancelled(new TreeMap<>(), Closing.REASON)));
    closing.closeAll(unclosed);
    toAll.end();
    closing.await(toAll);
    threads.shutdownWorkers();
    closing.end(threads.workerPool());
    closing.done();
  }

  /** What a request wants of its engine. */
  private final class Ownership implements ActiveRequest.Owner {
    @Override
    public void postToAll(BuildEvent event) {
      toAll.post(event);
    }

    @Override
    public void abandoned(ActiveRequest request, String reason) {
      end(request, new BuildOutcome.Cancelled(new TreeMap<>(), reason));
    }

    @Override
    public void cancelled(ActiveRequest request, String reason) {
      planning.cancel(request);
      dispatching.cancel(request, reason);
    }

    @Override
    public void closed(ActiveRequest request) {
      unclosed.remove(request);
    }
  }

  /** What the loop wants of its engine. */
  private final class Surroundings implements DispatchLoop.Surroundings {
    private final AttemptRun.Surroundings ofRuns =
        new AttemptRun.Surroundings(hub, limits, watchdog, threads.helpers());

    @Override
    public Dispatcher newDispatcher(Farm farm) {
      return new Dispatcher(
          farm, settings.policy(), settings.restRule(), settings.shareRule(), settings.random());
    }

    @Override
    public Instant now() {
      return Engine.this.now();
    }

    @Override
    public AttemptRun newRun(
        ActiveRequest.Node node, Machine machine, int attempt, Runnable slotDone) {
      return new AttemptRun(
          node.job,
          machines.access(machine),
          attempt,
          node.roots,
          ofRuns,
          node.request::post,
          slotDone);
    }

    @Override
    public void tellEverybody(BuildEvent event) {
      toAll.post(event);
      active.forEach(request -> request.delivery.post(event));
    }

    @Override
    public void listed(Farm farm) {
      machines.list(farm);
    }

    @Override
    public void tellOfFarm(FarmEvent event) {
      toAll.post(event);
    }

    @Override
    public void ended(AttemptRun run) {
      machines.release(run.machine());
    }

    @Override
    public void ended(ActiveRequest request) {
      active.remove(request);
    }
  }
}
