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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt, from the connection to the outputs in the hub, on the thread that calls {@link
 * #run}.
 *
 * <p>{@link #stop} may be called from any thread.
 */
final class AttemptRun {
  /**
   * What all attempts share.
   *
   * @param hub the sessions on the hub
   * @param limits every bound
   * @param watchdog keeps the time
   * @param helpers runs what must not hold up a timer; takes everything
   */
  record Surroundings(HubSessions hub, Limits limits, Watchdog watchdog, Executor helpers) {}

  private static final Logger LOG = LoggerFactory.getLogger(AttemptRun.class);

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
  private volatile @Nullable OwnThread thread;
  private volatile @Nullable StoreSession remote;
  private volatile @Nullable StoreSession local;
  private volatile boolean isBuilding;
  private Connections.@Nullable Loan loan;

  AttemptRun(
      BuildJob job,
      MachineAccess machine,
      int number,
      RequestRoots roots,
      Surroundings surroundings,
      Consumer<BuildEvent> events,
      Runnable slotDone) {
    this.job = job;
    this.machine = machine;
    this.number = number;
    this.roots = roots;
    this.hub = surroundings.hub();
    this.limits = surroundings.limits();
    this.watchdog = surroundings.watchdog();
    this.helpers = surroundings.helpers();
    this.events = events;
    this.slotDone = slotDone;
    this.log =
        new BuildLog(job.derivation(), machine.name(), number, limits.logLineBytes(), events);
  }

  /** What it was given of its machine. */
  MachineAccess machine() {
    return machine;
  }

  /** Makes the attempt and says why it came to nothing, if it did. Throws nothing. */
  Optional<Failure> run() {
    Optional<Failure> failure;
    try (OwnThread own = new OwnThread()) {
      thread = own;
      perform();
      failure = Optional.empty();
    } catch (FailedException e) {
      failure = Optional.of(e.failure());
    } catch (TransportException e) {
      failure = Optional.of(Failures.ofMachine(phase, machine.name(), e));
    } catch (CopyException e) {
      failure = Optional.of(Failures.ofCopy(phase, machine.name(), e));
    } catch (StoreException e) {
      failure = Optional.of(Failures.ofMachine(phase, machine.name(), e));
    } catch (ClosureException e) {
      failure = Optional.of(Failures.ofCircle(phase, machine.name(), e));
    } catch (InterruptedException e) {
      failure = Optional.of(Failures.interrupted(phase, machine.name()));
    } catch (RuntimeException | Error e) {
      LOG.warn("An attempt on {} ended with a defect", machine.name(), e);
      failure = Optional.of(Failures.defect(phase, machine.name(), e));
    }
    cleanUp();
    // Whoever stopped the attempt, or let it run into a deadline, knows the reason better than the
    // stream that broke because of it.
    String reason = stopReason;
    Failure expired = expiry;
    if (failure.isPresent() && reason != null) {
      return Optional.of(Failures.stopped(phase, machine.name(), reason));
    }
    return failure.isPresent() && expired != null ? Optional.of(expired) : failure;
  }

  private void perform() throws TransportException, InterruptedException {
    StoreSession session = connect();
    sendInputs(session);
    BuildResult result = build(session);
    if (!result.isSuccess()) {
      // With the process its log is at an end, and that may tell what the status does not.
      session.finish();
      throw new FailedException(
          Failures.ofResult(job.derivation(), machine.name(), result, session.lastStderrLines()));
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
      Duration limit = limits.handshakeTimeout();
      try (Watchdog.Watch watch =
          watch(limit, () -> ofMachine(limit), borrowed.connection()::close)) {
        StoreSession session =
            ServeSession.open(
                machine.name(), borrowed.connection(), machine.command(), log, machine.settings());
        remote = session;
        return session;
      } catch (StoreException e) {
        boolean isDead = isLost(e) || expiry != null;
        if (!borrowed.isReused() || stopReason != null || !isDead) {
          throw e;
        }
        // A connection that has died unnoticed says nothing about the machine as it is now.
        loan = null;
        machine.connections().discard(borrowed.connection());
        machine.connections().discardIdle();
        expiry = null;
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
      SortedSet<StorePath> closure = askHub(source::abort, () -> source.queryClosure(inputs));
      SortedSet<StorePath> missing = new TreeSet<>(closure);
      missing.removeAll(
          askMachine(
              session, () -> session.queryValidPaths(closure, EnumSet.of(ValidityOption.LOCK))));
      if (!missing.isEmpty()) {
        Map<StorePath, PathInfo> found =
            askHub(source::abort, () -> source.queryPathInfos(missing));
        List<PathInfo> infos = Closure.referencesFirst(found.values());
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

  private BuildResult build(StoreSession session) throws InterruptedException {
    enter(Phase.BUILD);
    events.accept(new BuildEvent.BuildStarted(job.derivation(), machine.name(), number));
    log.beginBuild();
    Duration timeout = job.options().timeout();
    Duration silence = job.options().maxSilentTime();
    try (Watchdog.Watch total = watchBuild(timeout, "ran", session);
        Watchdog.Watch silent = watchBuild(silence, "printed nothing", session)) {
      log.onOutput(silent == null ? () -> {} : silent::touch);
      isBuilding = true;
      checkNotStopped();
      return session.buildDerivation(job.derivation(), job.basic(), job.options());
    } finally {
      isBuilding = false;
      log.onOutput(() -> {});
    }
  }

  private Watchdog.@Nullable Watch watchBuild(Duration limit, String which, StoreSession session) {
    if (limit.isZero()) {
      return null;
    }
    return watch(
        limit.plus(OWN_WATCH_DELAY),
        () -> Failures.buildTimedOut(job.derivation(), machine.name(), which, limit),
        session::finish);
  }

  private void fetchOutputs(StoreSession session) throws InterruptedException {
    // Between here and the next phase, stop() no longer takes this for a build.
    checkNotStopped();
    try (HubSessions.Loan hubLoan = hub.borrow(Phase.DOWNLOAD)) {
      // Given back only with a session on the hub in hand, so that the builds that have ended and
      // wait to be fetched cannot grow without bound.
      slotDone.run();
      enter(Phase.DOWNLOAD);
      StoreSession destination = hubLoan.session();
      local = destination;
      List<PathInfo> infos =
          MissingClosure.find(job.wanted().values(), new Fetching(session, destination));
      if (!infos.isEmpty()) {
        events.accept(
            new BuildEvent.DownloadStarted(
                job.derivation(), machine.name(), number, infos.size(), narBytes(infos)));
        copy(infos, session, destination);
      }
      askHub(
          roots::abort,
          () -> {
            roots.hold(job.wanted().values());
            return true;
          });
    } finally {
      local = null;
    }
  }

  /** Asks both sides what is missing. */
  private final class Fetching implements MissingClosure.Questions {
    private final StoreSession source;
    private final StoreSession destination;

    Fetching(StoreSession source, StoreSession destination) {
      this.source = source;
      this.destination = destination;
    }

    @Override
    public Set<StorePath> validInHub(Collection<StorePath> paths) throws InterruptedException {
      return askHub(
          destination::abort,
          () -> destination.queryValidPaths(paths, EnumSet.of(ValidityOption.LOCK)));
    }

    @Override
    public Map<StorePath, PathInfo> infosOnMachine(Collection<StorePath> paths)
        throws InterruptedException {
      return askMachine(source, () -> source.queryPathInfos(paths));
    }

    @Override
    public FailedException notThere(StorePath path) {
      return new FailedException(
          Failures.outputNotThere(path, machine.name(), source.lastStderrLines()));
    }
  }

  private interface Question<T> {
    T ask() throws InterruptedException;
  }

  /** Asks the hub something. Whatever goes wrong is the hub's failure, and not the machine's. */
  private <T> T askHub(Runnable hangUp, Question<T> question) throws InterruptedException {
    Duration limit = limits.queryTimeout();
    try (Watchdog.Watch watch =
        watch(limit, () -> Failures.hubTimedOut(phase, hub.name(), "go on", limit), hangUp)) {
      return question.ask();
    } catch (StoreException e) {
      throw new FailedException(Failures.ofHub(phase, e));
    }
  }

  private <T> T askMachine(StoreSession session, Question<T> question) throws InterruptedException {
    Duration limit = limits.queryTimeout();
    try (Watchdog.Watch watch = watch(limit, () -> ofMachine(limit), session::abort)) {
      return question.ask();
    }
  }

  private void copy(List<PathInfo> infos, StoreSession source, StoreSession destination) {
    Duration limit = limits.transferStallTimeout();
    try (Watchdog.Watch watch = watch(limit, () -> ofMachine(limit), this::abortBoth)) {
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
    checkNotStopped();
  }

  private void checkNotStopped() {
    String reason = stopReason;
    if (reason != null) {
      throw new FailedException(Failures.stopped(phase, machine.name(), reason));
    }
  }

  private interface Verdict {
    Failure failure();
  }

  private Watchdog.Watch watch(Duration limit, Verdict verdict, Runnable hangUp) {
    return watchdog.watch(
        limit,
        () -> {
          expiry = verdict.failure();
          helpers.execute(hangUp);
        });
  }

  private Failure ofMachine(Duration limit) {
    StoreSession session = remote;
    return Failures.timedOut(
        phase, machine.name(), limit, session == null ? List.of() : session.lastStderrLines());
  }

  private void abortBoth() {
    StoreSession machineSession = remote;
    StoreSession hubSession = local;
    if (machineSession != null) {
      machineSession.abort();
    }
    if (hubSession != null) {
      hubSession.abort();
    }
  }

  /** Stops the attempt, whatever it is doing, and returns at once. */
  void stop(String reason) {
    stopReason = reason;
    helpers.execute(
        () -> {
          StoreSession session = remote;
          if (session != null && isBuilding) {
            // The end of its input makes the store process stop the build by itself.
            session.finish();
          } else {
            abortBoth();
            OwnThread running = thread;
            if (running != null) {
              running.interrupt();
            }
          }
        });
  }

  private void cleanUp() {
    StoreSession session = remote;
    Connections.Loan borrowed = loan;
    boolean isClean = false;
    try {
      if (session != null) {
        isClean = session.finish().isConfirmed();
      }
    } catch (RuntimeException | Error e) {
      LOG.warn("Could not end a session on {}", machine.name(), e);
    } finally {
      remote = null;
      loan = null;
      if (borrowed != null && isClean) {
        machine.connections().giveBack(borrowed.connection());
      } else if (borrowed != null) {
        machine.connections().discard(borrowed.connection());
      }
      log.finish();
    }
  }
}
