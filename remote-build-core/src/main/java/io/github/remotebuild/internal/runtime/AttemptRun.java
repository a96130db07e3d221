package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.Limits;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.Closure;
import io.github.remotebuild.model.ClosureException;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.ClosureCopy;
import io.github.remotebuild.store.CopyException;
import io.github.remotebuild.store.CopyListener;
import io.github.remotebuild.store.ServeSession;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.store.ValidityOption;
import io.github.remotebuild.transport.TransportException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, from the connection to the outputs in the hub, on the thread that calls {@link
 * #run}.
 *
 * <p>{@link #stop} may be called from any thread.
 */
final class AttemptRun {
  /** How much longer than the machine we wait for a build that passes its time. */
  private static final Duration OWN_WATCH_DELAY = Duration.ofSeconds(5);

  private final BuildJob job;
  private final MachineAccess machine;
  private final int number;
  private final HubSessions hub;
  private final RequestRoots roots;
  private final Limits limits;
  private final Watchdog watchdog;
  private final Executor helpers;
  private final Consumer<BuildEvent> events;
  private final Runnable slotDone;
  private final BuildLog log;

  private volatile Phase phase = Phase.CONNECT;
  private volatile @Nullable String stopReason;
  private volatile @Nullable Failure expiry;
  private volatile @Nullable Thread thread;
  private volatile @Nullable StoreSession remote;
  private volatile @Nullable StoreSession local;
  private Connections.@Nullable Loan loan;

  AttemptRun(
      BuildJob job,
      MachineAccess machine,
      int number,
      HubSessions hub,
      RequestRoots roots,
      Limits limits,
      Watchdog watchdog,
      Executor helpers,
      Consumer<BuildEvent> events,
      Runnable slotDone) {
    this.job = job;
    this.machine = machine;
    this.number = number;
    this.hub = hub;
    this.roots = roots;
    this.limits = limits;
    this.watchdog = watchdog;
    this.helpers = helpers;
    this.events = events;
    this.slotDone = slotDone;
    this.log =
        new BuildLog(job.derivation(), machine.name(), number, limits.logLineBytes(), events);
  }

  /** Makes the attempt and says why it came to nothing, if it did. */
  Optional<Failure> run() {
    thread = Thread.currentThread();
    Optional<Failure> failure;
    try {
      perform();
      failure = Optional.empty();
    } catch (FailedException e) {
      failure = Optional.of(e.failure());
    } catch (TransportException e) {
      failure = Optional.of(Failures.ofMachine(phase, machine.name(), e));
    } catch (CopyException e) {
      failure = Optional.of(Failures.ofCopy(phase, machine.name(), e));
    } catch (StoreException e) {
      failure = Optional.of(ofStore(e));
    } catch (ClosureException e) {
      failure = Optional.of(Failures.ofCircle(phase, machine.name(), e));
    } catch (InterruptedException e) {
      failure = Optional.of(Failures.stopped(phase, machine.name(), "the thread was interrupted"));
    } catch (RuntimeException | LinkageError e) {
      failure = Optional.of(Failures.defect(phase, machine.name(), e));
    } finally {
      cleanUp();
    }
    // Whoever stopped the attempt, or let it run into a deadline, knows the reason better than the
    // stream that broke because of it.
    String reason = stopReason;
    Failure expired = expiry;
    if (failure.isPresent() && reason != null) {
      return Optional.of(Failures.stopped(phase, machine.name(), reason));
    }
    return failure.isPresent() && expired != null ? Optional.of(expired) : failure;
  }

  private Failure ofStore(StoreException e) {
    StoreSession inHub = local;
    boolean isHub = inHub != null && e.sessionName().equals(inHub.name());
    return isHub ? Failures.ofHub(phase, e) : Failures.ofMachine(phase, machine.name(), e);
  }

  private void perform() throws TransportException, InterruptedException {
    StoreSession session = connect();
    sendInputs(session);
    BuildResult result = build(session);
    if (!result.isSuccess()) {
      throw new FailedException(Failures.ofResult(job.derivation(), machine.name(), result));
    }
    fetchOutputs(session);
    session.finish();
  }

  private StoreSession connect() throws TransportException, InterruptedException {
    while (true) {
      enter(Phase.CONNECT);
      Connections.Loan borrowed = machine.connections().borrow();
      loan = borrowed;
      enter(Phase.HANDSHAKE);
      try (Watchdog.Watch watch = watch(limits.handshakeTimeout(), borrowed.connection()::close)) {
        StoreSession session =
            ServeSession.open(
                machine.name(), borrowed.connection(), machine.command(), log, machine.settings());
        remote = session;
        return session;
      } catch (StoreException e) {
        if (!borrowed.isReused() || stopReason != null || !isLost(e)) {
          throw e;
        }
        // A connection that has died unnoticed says nothing about the machine as it is now.
        loan = null;
        machine.connections().discard(borrowed.connection());
        machine.connections().discardIdle();
      }
    }
  }

  private static boolean isLost(StoreException e) {
    return e.problem() == StoreProblem.TRANSPORT || e.problem() == StoreProblem.ENDED;
  }

  private void sendInputs(StoreSession session) throws InterruptedException {
    enter(Phase.QUERY);
    SortedSet<StorePath> inputs = job.basic().inputSources();
    if (inputs.isEmpty()) {
      return;
    }
    try (HubSessions.Loan hubLoan = hub.borrow(Phase.QUERY)) {
      StoreSession source = hubLoan.session();
      local = source;
      SortedSet<StorePath> closure;
      SortedSet<StorePath> missing;
      try (Watchdog.Watch watch = watch(limits.queryTimeout(), this::abortBoth)) {
        closure = source.queryClosure(inputs);
        missing = new TreeSet<>(closure);
        missing.removeAll(session.queryValidPaths(closure, EnumSet.of(ValidityOption.LOCK)));
      }
      if (!missing.isEmpty()) {
        List<PathInfo> infos;
        try (Watchdog.Watch watch = watch(limits.queryTimeout(), this::abortBoth)) {
          infos = Closure.referencesFirst(source.queryPathInfos(missing).values());
        }
        enter(Phase.UPLOAD);
        events.accept(
            new BuildEvent.UploadStarted(
                job.derivation(), machine.name(), number, infos.size(), narBytes(infos)));
        copy(infos, source, session);
      }
    } finally {
      local = null;
    }
  }

  private BuildResult build(StoreSession session) {
    enter(Phase.BUILD);
    events.accept(new BuildEvent.BuildStarted(job.derivation(), machine.name(), number));
    log.beginBuild();
    Duration timeout = job.options().timeout();
    Duration silence = job.options().maxSilentTime();
    try (Watchdog.Watch total = watchBuild(timeout, "ran", session);
        Watchdog.Watch silent = watchBuild(silence, "printed nothing", session)) {
      log.onOutput(silent == null ? () -> {} : silent::touch);
      return session.buildDerivation(job.derivation(), job.basic(), job.options());
    } finally {
      log.onOutput(() -> {});
    }
  }

  private Watchdog.@Nullable Watch watchBuild(Duration limit, String which, StoreSession session) {
    if (limit.isZero()) {
      return null;
    }
    return watchdog.watch(
        limit.plus(OWN_WATCH_DELAY),
        () -> {
          expiry = Failures.buildTimedOut(job.derivation(), machine.name(), which, limit);
          helpers.execute(session::finish);
        });
  }

  private void fetchOutputs(StoreSession session) throws InterruptedException {
    try (HubSessions.Loan hubLoan = hub.borrow(Phase.DOWNLOAD)) {
      // Given back only with a session on the hub in hand, so that the builds that have ended and
      // wait to be fetched cannot grow without bound.
      slotDone.run();
      enter(Phase.DOWNLOAD);
      StoreSession destination = hubLoan.session();
      local = destination;
      List<PathInfo> infos;
      try (Watchdog.Watch watch = watch(limits.queryTimeout(), this::abortBoth)) {
        infos = MissingClosure.find(job.wanted().values(), session, destination);
      }
      if (!infos.isEmpty()) {
        events.accept(
            new BuildEvent.DownloadStarted(
                job.derivation(), machine.name(), number, infos.size(), narBytes(infos)));
        copy(infos, session, destination);
      }
      roots.hold(job.wanted().values());
    } finally {
      local = null;
    }
  }

  private void copy(List<PathInfo> infos, StoreSession source, StoreSession destination) {
    try (Watchdog.Watch watch = watch(limits.transferStallTimeout(), this::abortBoth)) {
      ClosureCopy.copy(
          infos,
          source,
          destination,
          new CopyListener() {
            @Override
            public void copied(StorePath path, long bytes) {
              watch.touch();
            }

            @Override
            public void confirmed(StorePath path) {
              watch.touch();
            }
          });
    }
  }

  private static long narBytes(Collection<PathInfo> infos) {
    return infos.stream().mapToLong(PathInfo::narSizeBytes).sum();
  }

  private void enter(Phase next) {
    phase = next;
    String reason = stopReason;
    if (reason != null) {
      throw new FailedException(Failures.stopped(next, machine.name(), reason));
    }
  }

  private Watchdog.Watch watch(Duration limit, Runnable hangUp) {
    return watchdog.watch(
        limit,
        () -> {
          StoreSession session = remote;
          expiry =
              Failures.timedOut(
                  phase,
                  machine.name(),
                  limit,
                  session == null ? List.of() : session.lastStderrLines());
          helpers.execute(hangUp);
        });
  }

  private void abortBoth() {
    for (StoreSession session : sessions()) {
      session.abort();
    }
  }

  private Set<StoreSession> sessions() {
    Set<StoreSession> open = new HashSet<>();
    StoreSession machineSession = remote;
    StoreSession hubSession = local;
    if (machineSession != null) {
      open.add(machineSession);
    }
    if (hubSession != null) {
      open.add(hubSession);
    }
    return open;
  }

  /** Stops the attempt, whatever it is doing, and returns at once. */
  void stop(String reason) {
    stopReason = reason;
    helpers.execute(
        () -> {
          StoreSession session = remote;
          if (session != null && phase == Phase.BUILD) {
            // The end of its input makes the store process stop the build by itself.
            session.finish();
          } else {
            abortBoth();
            Thread running = thread;
            if (running != null) {
              running.interrupt();
            }
          }
        });
  }

  private void cleanUp() {
    thread = null;
    // A late interrupt from stop() must not disturb what this thread does next.
    Thread.interrupted();
    StoreSession session = remote;
    Connections.Loan borrowed = loan;
    boolean isClean = false;
    if (session != null) {
      isClean = session.finish().isConfirmed();
      remote = null;
    }
    if (borrowed != null) {
      if (isClean) {
        machine.connections().giveBack(borrowed.connection());
      } else {
        machine.connections().discard(borrowed.connection());
      }
      loan = null;
    }
    log.finish();
  }
}
