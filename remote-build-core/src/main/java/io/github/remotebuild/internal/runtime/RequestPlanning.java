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

  private final HubSessions hub;
  private final Limits limits;
  private final Watchdog watchdog;
  private final Executor helpers;
  private final boolean isSubstituting;
  private final AtomicLong lastId;
  private final Map<ActiveRequest, StoreSession> open = new ConcurrentHashMap<>();

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

  Result plan(ActiveRequest request) {
    AtomicBoolean isLate = new AtomicBoolean();
    StoreSession session = null;
    try {
      if (request.isCancelled()) {
        throw Failures.closing(Phase.PLAN);
      }
      session = hub.open(Phase.PLAN, new HubNotes(request::post, limits.logLineBytes()));
      StoreSession opened = session;
      open.put(request, session);
      if (request.isCancelled()) {
        session.abort();
      }
      try (Watchdog.Watch watch =
          watchdog.watch(
              limits.planTimeout(),
              () -> {
                isLate.set(true);
                helpers.execute(opened::abort);
              })) {
        Planner planner = new Planner(session, limits, isSubstituting);
        Result result = result(request, planner, new RequestRoots(session));
        session = null;
        return result;
      }
    } catch (FailedException e) {
      return Result.failed(e.failure());
    } catch (StoreException e) {
      return Result.failed(
          isLate.get()
              ? Failures.hub(
                  Phase.PLAN,
                  "Could not plan the request: it took more than "
                      + Texts.duration(limits.planTimeout()),
                  e.evidence())
              : Failures.ofHub(Phase.PLAN, e));
    } catch (InterruptedException e) {
      return Result.failed(Failures.closing(Phase.PLAN).failure());
    } catch (RuntimeException | LinkageError e) {
      return Result.failed(
          Failures.hub(
              Phase.PLAN, "Could not plan the request: a defect in remote-build: " + e, List.of()));
    } finally {
      open.remove(request);
      if (session != null) {
        session.finish();
      }
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
    active.keep(roots);
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
    for (MachineRule rule : request.machineRules()) {
      demand = demand.obeying(rule);
    }
    return demand;
  }

  /** Ends the planning of a request, if it is being planned. */
  void cancel(ActiveRequest request) {
    StoreSession session = open.get(request);
    if (session != null) {
      session.abort();
    }
  }
}
