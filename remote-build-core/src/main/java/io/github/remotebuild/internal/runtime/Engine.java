package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.Limits;
import io.github.remotebuild.dispatch.AttemptId;
import io.github.remotebuild.dispatch.BuildEnd;
import io.github.remotebuild.dispatch.BuildId;
import io.github.remotebuild.dispatch.Dispatcher;
import io.github.remotebuild.dispatch.Effect;
import io.github.remotebuild.dispatch.Event;
import io.github.remotebuild.dispatch.RequestId;
import io.github.remotebuild.lease.Lease;
import io.github.remotebuild.lease.SlotAnswer;
import io.github.remotebuild.lease.SlotRequest;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.transport.ConnectOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the dispatcher on one thread and carries its effects out on others.
 *
 * <p>The private fields below the line are touched by that one thread only.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** How many requests are planned at once. */
  private static final int PLANNERS = 4;

  private static final Duration IDLE_THREAD_AGE = Duration.ofSeconds(10);

  private final EngineSettings settings;
  private final Limits limits;
  private final Instant startTime;
  private final long startNanos;
  private final ScheduledThreadPoolExecutor loop;
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor planners;
  private final Watchdog watchdog;
  private final Machines machines;
  private final HubSessions hub;
  private final EventDelivery toAll;
  private final RequestPlanning planning;
  private final AtomicLong lastId = new AtomicLong();
  private final Set<ActiveRequest> active = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final ScheduledFuture<?> idleCheck;

  // ---- the dispatcher's thread only ----
  private final Dispatcher dispatcher;
  private final Map<RequestId, ActiveRequest> requests = new HashMap<>();
  private final Map<BuildId, ActiveRequest.Node> nodes = new HashMap<>();
  private final Map<AttemptId, Running> running = new TreeMap<>();
  private final Map<AttemptId, Lease> leases = new HashMap<>();
  private @Nullable ScheduledFuture<?> wake;

  private record Running(
      ActiveRequest.Node node, Machine machine, int number, Instant started, AttemptRun run) {}

  /** Starts the engine's own thread. */
  public Engine(EngineSettings settings) {
    this.settings = settings;
    this.limits = settings.limits();
    this.startTime = settings.clock().instant();
    this.startNanos = settings.nanoTime().getAsLong();
    this.loop = new ScheduledThreadPoolExecutor(1, settings.threads());
    this.loop.setRemoveOnCancelPolicy(true);
    this.loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_THREAD_AGE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            settings.threads());
    this.planners =
        new ThreadPoolExecutor(
            PLANNERS,
            PLANNERS,
            IDLE_THREAD_AGE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            settings.threads());
    this.planners.allowCoreThreadTimeOut(true);
    this.watchdog = new Watchdog(Watchdog.Timer.on(loop), settings.nanoTime());
    ConnectOptions connectOptions =
        new ConnectOptions(
            limits.connectTimeout(),
            limits.authenticateTimeout(),
            limits.keepAliveInterval(),
            limits.keepAliveLimit(),
            settings.threads());
    SessionSettings sessionSettings =
        SessionSettings.defaults()
            .withStoreDir(settings.hub().storeDir())
            .withCloseGrace(limits.closeGrace());
    this.machines = new Machines(settings, connectOptions, sessionSettings);
    this.hub =
        new HubSessions(
            settings.hub(),
            connectOptions,
            sessionSettings,
            limits.transfers(),
            limits.fetchWaitTimeout());
    this.toAll = new EventDelivery(settings.listener(), limits.logQueueBytes(), settings.threads());
    this.planning =
        new RequestPlanning(hub, limits, watchdog, workers, settings.isSubstituting(), lastId);
    this.dispatcher =
        new Dispatcher(settings.farm(), settings.policy(), settings.restRule(), settings.random());
    toAll.start();
    long idleMillis = Math.max(1, limits.idleConnectionAge().toMillis() / 4);
    idleCheck =
        loop.scheduleWithFixedDelay(
            () -> runSafely(() -> workers.execute(this::closeIdle)),
            idleMillis,
            idleMillis,
            TimeUnit.MILLISECONDS);
  }

  private void closeIdle() {
    machines.closeIdleFor(limits.idleConnectionAge());
  }

  /** Begins to work on a request. */
  public BuildHandle start(BuildRequest request) {
    if (isClosed.get()) {
      throw new IllegalStateException("RemoteBuilds is closed");
    }
    EventDelivery delivery =
        new EventDelivery(request.listener(), limits.logQueueBytes(), settings.threads());
    ActiveRequest started =
        new ActiveRequest(
            new RequestId(lastId.incrementAndGet()), request, this, delivery, limits.closeGrace());
    active.add(started);
    delivery.start();
    try {
      planners.execute(() -> plan(started));
    } catch (RejectedExecutionException e) {
      end(started, new BuildOutcome.Cancelled(new TreeMap<>(), "RemoteBuilds was closed"));
    }
    return started;
  }

  private void plan(ActiveRequest request) {
    RequestPlanning.Result result = planning.plan(request);
    Optional<Failure> failure = result.failure();
    if (failure.isPresent()) {
      end(
          request,
          request.isCancelled()
              ? new BuildOutcome.Cancelled(new TreeMap<>(), "it was cancelled")
              : new BuildOutcome.Failed(new TreeMap<>(), failure.get()));
      return;
    }
    post(
        () -> {
          result.alreadyValid().forEach(request::record);
          request.nodes.putAll(result.nodes());
          nodes.putAll(result.nodes());
          requests.put(request.id, request);
          handle(new Event.Submitted(request.id, result.specs(), request.request.rules()));
          if (request.isCancelled()) {
            handle(new Event.RequestCancelled(request.id, "it was cancelled"));
          }
        });
  }

  private void end(ActiveRequest request, BuildOutcome outcome) {
    active.remove(request);
    request.complete(outcome);
  }

  /** Stops a request; what it was doing ends soon after. */
  void cancel(ActiveRequest request, String reason) {
    planning.cancel(request);
    post(() -> handle(new Event.RequestCancelled(request.id, reason)));
  }

  void postToAll(BuildEvent event) {
    toAll.post(event);
  }

  private void post(Runnable task) {
    try {
      loop.execute(() -> runSafely(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("Dropped an event, because everything is closed");
    }
  }

  /** A defect in one event must not end the thread that all of them need. */
  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A defect in remote-build", e);
    }
  }

  private Instant now() {
    return startTime.plusNanos(settings.nanoTime().getAsLong() - startNanos);
  }

  private void handle(Event event) {
    for (Effect effect : dispatcher.handle(event, now())) {
      carryOut(effect);
    }
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.RequestLease e) {
      requestLease(e);
    } else if (effect instanceof Effect.ReleaseLease e) {
      Lease lease = leases.remove(e.attempt());
      if (lease != null) {
        lease.release();
      }
    } else if (effect instanceof Effect.StartAttempt e) {
      startAttempt(e);
    } else if (effect instanceof Effect.StopAttempt e) {
      Running stopped = running.get(e.attempt());
      if (stopped != null) {
        stopped.run.stop(e.reason());
      }
    } else if (effect instanceof Effect.ReportWaiting e) {
      ActiveRequest.Node node = node(e.build());
      node.request.post(new BuildEvent.Waiting(node.job.derivation(), e.decision().explain()));
    } else if (effect instanceof Effect.ReportEnd e) {
      reportEnd(e);
    } else if (effect instanceof Effect.ReportRequestEnd e) {
      ActiveRequest request = requests.remove(e.request());
      if (request != null) {
        nodes.keySet().removeAll(request.nodes.keySet());
        active.remove(request);
        request.complete();
      }
    } else if (effect instanceof Effect.ReportResting e) {
      BuildEvent resting = new BuildEvent.MachineResting(e.machine().name(), e.until(), e.reason());
      toAll.post(resting);
      active.forEach(request -> request.delivery.post(resting));
    } else if (effect instanceof Effect.WakeAt e) {
      wakeAt(e.time());
    }
  }

  private ActiveRequest.Node node(BuildId build) {
    ActiveRequest.Node node = nodes.get(build);
    if (node == null) {
      throw new IllegalStateException(build + " is unknown or over");
    }
    return node;
  }

  private void requestLease(Effect.RequestLease wish) {
    Machine machine = wish.machine();
    AttemptId attempt = wish.attempt();
    settings
        .leases()
        .request(
            new SlotRequest(machine.storeUri() + " " + machine.systems(), machine.maxJobs()),
            new SlotAnswer() {
              @Override
              public void granted(Lease lease) {
                post(
                    () -> {
                      leases.put(attempt, lease);
                      handle(new Event.LeaseGranted(attempt));
                    });
              }

              @Override
              public void refused(String reason) {
                post(() -> handle(new Event.LeaseRefused(attempt, reason)));
              }

              @Override
              public void lost(Lease lease, String reason) {
                post(
                    () -> {
                      leases.remove(attempt);
                      handle(new Event.LeaseLost(attempt, reason));
                    });
              }
            });
  }

  private void startAttempt(Effect.StartAttempt start) {
    ActiveRequest.Node node = node(start.build());
    Machine machine = start.machine();
    AttemptId attempt = start.attempt();
    AttemptRun run =
        new AttemptRun(
            node.job,
            machines.access(machine),
            start.number(),
            hub,
            node.roots,
            limits,
            watchdog,
            workers,
            node.request::post,
            () -> post(() -> handle(new Event.SlotDone(attempt))));
    running.put(attempt, new Running(node, machine, start.number(), now(), run));
    node.request.post(
        new BuildEvent.AttemptStarted(node.job.derivation(), machine.name(), start.number()));
    workers.execute(
        () -> {
          Optional<Failure> failure = run.run();
          post(() -> attemptEnded(attempt, failure));
        });
  }

  private void attemptEnded(AttemptId id, Optional<Failure> failure) {
    Running ended = running.remove(id);
    if (ended == null) {
      throw new IllegalStateException(id + " is unknown or over");
    }
    String machine = ended.machine.name();
    ended.node.attempts.add(
        new Attempt(
            ended.number, machine, ended.started, Duration.between(ended.started, now()), failure));
    if (failure.isPresent()) {
      ended.node.request.post(
          new BuildEvent.AttemptFailed(
              ended.node.job.derivation(), machine, ended.number, failure.get()));
      handle(new Event.AttemptFailed(id, failure.get()));
    } else {
      handle(new Event.AttemptSucceeded(id));
    }
  }

  private void reportEnd(Effect.ReportEnd report) {
    ActiveRequest.Node node = node(report.build());
    BuildJob job = node.job;
    List<Attempt> attempts = node.attempts;
    BuildEnd end = report.end();
    DerivationResult result;
    if (end instanceof BuildEnd.Succeeded) {
      result = new DerivationResult.Built(job.derivation(), job.asked(), attempts);
    } else if (end instanceof BuildEnd.Failed failed) {
      result = new DerivationResult.Failed(job.derivation(), failed.failure(), attempts);
    } else if (end instanceof BuildEnd.DependencyFailed failed) {
      result =
          new DerivationResult.DependencyFailed(
              job.derivation(), node(failed.rootCause()).job.derivation());
    } else if (end instanceof BuildEnd.Declined declined) {
      result = new DerivationResult.Declined(job.derivation(), declined.decision());
    } else {
      String reason = ((BuildEnd.Cancelled) end).reason();
      result = new DerivationResult.Cancelled(job.derivation(), reason, attempts);
    }
    node.request.record(result);
  }

  private void wakeAt(Instant time) {
    ScheduledFuture<?> earlier = wake;
    if (earlier != null) {
      earlier.cancel(false);
    }
    long millis = Math.max(1, Duration.between(now(), time).toMillis() + 1);
    wake =
        loop.schedule(
            () -> runSafely(() -> handle(new Event.Woken())), millis, TimeUnit.MILLISECONDS);
  }

  /** Cancels every request and ends every thread, process and connection. */
  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    List<ActiveRequest> open = new ArrayList<>(active);
    idleCheck.cancel(false);
    open.forEach(request -> cancel(request, "RemoteBuilds was closed"));
    boolean wasInterrupted = !awaitOutcomes(open);
    machines.close();
    hub.close();
    planners.shutdownNow();
    workers.shutdown();
    wasInterrupted |= !end(planners);
    wasInterrupted |= !end(workers);
    loop.shutdown();
    wasInterrupted |= !end(loop);
    for (ActiveRequest request : open) {
      request.complete(new BuildOutcome.Cancelled(new TreeMap<>(), "RemoteBuilds was closed"));
      request.close();
    }
    toAll.close(limits.closeGrace());
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitOutcomes(List<ActiveRequest> open) {
    long begun = settings.nanoTime().getAsLong();
    long patience = limits.closeGrace().multipliedBy(2).toNanos();
    for (ActiveRequest request : open) {
      try {
        long passed = settings.nanoTime().getAsLong() - begun;
        request.await(Duration.ofNanos(Math.max(0, patience - passed)));
      } catch (InterruptedException e) {
        return false;
      }
    }
    return true;
  }

  private boolean end(ThreadPoolExecutor executor) {
    try {
      if (!executor.awaitTermination(limits.closeGrace().toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
        executor.awaitTermination(limits.closeGrace().toMillis(), TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      executor.shutdownNow();
      return false;
    }
  }
}
