package io.github.remotebuild.internal.runtime;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.Limits;
import io.github.remotebuild.dispatch.BuildId;
import io.github.remotebuild.dispatch.BuildSpec;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationOptions;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a request into builds for the dispatcher, in a session of its own on the hub, which then
 * holds the request's roots. Safe for use by several threads.
 */
final class RequestPlanning {
  /**
   * What planning came to.
   *
   * @param failure why it came to nothing, if it did
   * @param alreadyValid the results of derivations that need not be built
   * @param nodes the builds, by their names for the dispatcher
   * @param specs the same for the dispatcher
   */
  record Result(
      Optional<Failure> failure,
      List<DerivationResult> alreadyValid,
      Map<BuildId, ActiveRequest.Node> nodes,
      List<BuildSpec> specs) {
    static Result failed(Failure failure) {
      return new Result(Optional.of(failure), List.of(), Map.of(), List.of());
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(RequestPlanning.class);

  private final HubSessions hub;
  private final Limits limits;
  private final Watchdog watchdog;
  private final Executor helpers;
  private final boolean isSubstituting;
  private final AtomicLong lastId;
  private final Map<ActiveRequest, Ongoing> open = new ConcurrentHashMap<>();

  RequestPlanning(
      HubSessions hub,
      Limits limits,
      Watchdog watchdog,
      Executor helpers,
      boolean isSubstituting,
      AtomicLong lastId) {
    this.hub = hub;
    this.limits = limits;
    this.watchdog = watchdog;
    this.helpers = helpers;
    this.isSubstituting = isSubstituting;
    this.lastId = lastId;
  }

  /** What is going on for one request; ended by whoever cancels it. */
  private static final class Ongoing {
    final OwnThread thread;
    volatile @Nullable StoreSession session;

    Ongoing(OwnThread thread) {
      this.thread = thread;
    }

    void end() {
      StoreSession opened = session;
      if (opened != null) {
        opened.abort();
      }
      thread.interrupt();
    }
  }

  /** Plans a request. Throws nothing, and leaves no session open unless it succeeds. */
  Result plan(ActiveRequest request) {
    AtomicBoolean isLate = new AtomicBoolean();
    Result result;
    try (OwnThread own = new OwnThread()) {
      Ongoing ongoing = new Ongoing(own);
      open.put(request, ongoing);
      try {
        result = plan(request, ongoing, isLate);
      } finally {
        open.remove(request);
      }
    } catch (FailedException e) {
      result = Result.failed(e.failure());
    } catch (StoreException e) {
      result =
          Result.failed(
              isLate.get()
                  ? Failures.planTimedOut(limits.planTimeout(), e.evidence())
                  : Failures.ofHub(Phase.PLAN, e));
    } catch (InterruptedException e) {
      result = Result.failed(Failures.closing(Phase.PLAN).failure());
    } catch (RuntimeException | Error e) {
      LOG.warn("Planning ended with a defect", e);
      result =
          Result.failed(
              Failures.hub(
                  Phase.PLAN,
                  "Could not plan the request: a defect in remote-build: " + e,
                  List.of()));
    }
    return result;
  }

  private Result plan(ActiveRequest request, Ongoing ongoing, AtomicBoolean isLate)
      throws InterruptedException {
    checkWanted(request);
    StoreSession session = hub.open(Phase.PLAN, new HubNotes(request::post, limits.logLineBytes()));
    boolean isKept = false;
    try (Watchdog.Watch watch =
        watchdog.watch(
            limits.planTimeout(),
            () -> {
              isLate.set(true);
              helpers.execute(session::abort);
            })) {
      ongoing.session = session;
      checkWanted(request);
      RequestRoots roots = new RequestRoots(session);
      Planner planner = new Planner(session, limits, isSubstituting);
      Result result = result(request, planner, roots);
      isKept = true;
      request.keep(roots);
      return result;
    } finally {
      if (!isKept) {
        session.finish();
      }
    }
  }

  private static void checkWanted(ActiveRequest request) {
    if (request.isCancelled()) {
      throw Failures.closing(Phase.PLAN);
    }
  }

  private Result result(ActiveRequest active, Planner planner, RequestRoots roots) {
    BuildRequest request = active.request;
    Plan plan = planner.plan(request.targets());
    Map<StorePath, BuildId> ids = new HashMap<>();
    plan.nodes().keySet().forEach(drv -> ids.put(drv, new BuildId(lastId.incrementAndGet())));
    Map<BuildId, ActiveRequest.Node> nodes = new LinkedHashMap<>();
    List<BuildSpec> specs = new ArrayList<>();
    plan.nodes()
        .forEach(
            (drv, node) -> {
              BuildId id = requireNonNull(ids.get(drv));
              SortedMap<String, StorePath> asked = plan.targets().getOrDefault(drv, node.missing());
              BuildJob job =
                  new BuildJob(
                      drv,
                      node.derivation().resolve(planner::outputPath),
                      node.missing(),
                      asked,
                      request.options());
              nodes.put(id, new ActiveRequest.Node(active, job, roots));
              Set<BuildId> dependsOn = new HashSet<>();
              node.inputs().forEach(input -> dependsOn.add(requireNonNull(ids.get(input))));
              specs.add(new BuildSpec(id, demand(node.derivation(), request), dependsOn));
            });
    List<DerivationResult> alreadyValid = new ArrayList<>();
    plan.targets()
        .forEach(
            (drv, outputs) -> {
              if (!plan.nodes().containsKey(drv)) {
                alreadyValid.add(new DerivationResult.AlreadyValid(drv, outputs));
              }
            });
    active.post(new BuildEvent.Planned(specs.size(), alreadyValid.size()));
    return new Result(Optional.empty(), alreadyValid, nodes, specs);
  }

  private static Demand demand(Derivation derivation, BuildRequest request) {
    DerivationOptions options = DerivationOptions.of(derivation);
    Demand demand =
        Demand.forSystem(SystemType.of(derivation.platform()))
            .requiring(Features.of(options.neededSystemFeatures()).plus(request.features()));
    if (options.prefersLocalBuild()) {
      demand = demand.preferringLocal();
    }
    Optional<Locality> locality = request.locality(demand.localPreference());
    if (locality.isPresent()) {
      demand = demand.placing(locality.get());
    }
    for (MachineRule rule : request.machineRules()) {
      demand = demand.obeying(rule);
    }
    return demand;
  }

  /** Ends the planning of a request, if it is being planned, and returns at once. */
  void cancel(ActiveRequest request) {
    Ongoing ongoing = open.get(request);
    if (ongoing != null) {
      helpers.execute(ongoing::end);
    }
  }
}
