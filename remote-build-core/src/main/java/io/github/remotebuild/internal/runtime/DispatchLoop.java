package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.FarmEvent;
import io.github.remotebuild.dispatch.AttemptId;
import io.github.remotebuild.dispatch.BuildEnd;
import io.github.remotebuild.dispatch.BuildId;
import io.github.remotebuild.dispatch.Dispatcher;
import io.github.remotebuild.dispatch.Effect;
import io.github.remotebuild.dispatch.Event;
import io.github.remotebuild.dispatch.MachineOrder;
import io.github.remotebuild.dispatch.RequestId;
import io.github.remotebuild.lease.Lease;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the dispatcher on one thread and carries its effects out.
 *
 * <p>The public face takes calls from any thread and posts them; everything else is touched by that
 * one thread only. When the dispatcher throws, or something it was given, its state is worth
 * nothing: every request fails with that as the reason, and a new dispatcher begins. What still
 * runs then is stopped, and its slots are given back as it ends.
 */
final class DispatchLoop {
  /** What is needed of the rest of the engine. */
  interface Surroundings {
    Dispatcher newDispatcher(Farm farm);

    Instant now();

    AttemptRun newRun(ActiveRequest.Node node, Machine machine, int attempt, Runnable slotDone);

    void tellEverybody(BuildEvent event);

    /** The list of machines is another one. */
    void listed(Farm farm);

    void tellOfFarm(FarmEvent event);

    void ended(AttemptRun run);

    void ended(ActiveRequest request);
  }

  private static final Logger LOG = LoggerFactory.getLogger(DispatchLoop.class);

  private final ScheduledExecutorService loop;
  private final Executor workers;
  private final SlotDesk slots;
  private final Surroundings surroundings;

  // ---- the loop's thread only ----
  private Dispatcher dispatcher;
  private final FarmDesk farm;

  /** How many dispatchers there have been; their names for attempts begin anew with each. */
  private int generation = 1;

  private final Map<RequestId, ActiveRequest> requests = new HashMap<>();
  private final Map<BuildId, ActiveRequest.Node> nodes = new HashMap<>();
  private final Map<AttemptId, Running> running = new TreeMap<>();
  private final Map<Slot, Lease> leases = new HashMap<>();
  private @Nullable ScheduledFuture<?> wake;
  private @Nullable Decision explained;
  private String explanation = "";

  /** Names an attempt across generations. */
  private record Slot(int generation, AttemptId attempt) {}

  private record Running(
      Slot slot,
      ActiveRequest.Node node,
      Machine machine,
      int number,
      Instant started,
      AttemptRun run) {}

  DispatchLoop(
      ScheduledExecutorService loop,
      Executor workers,
      SlotDesk slots,
      Farm farm,
      Surroundings surroundings) {
    this.farm = new FarmDesk(farm);
    this.loop = loop;
    this.workers = workers;
    this.slots = slots;
    this.surroundings = surroundings;
    this.dispatcher = surroundings.newDispatcher(farm);
  }

  /** Takes over a request that has been planned; false if everything is being closed. */
  boolean submit(ActiveRequest request, RequestPlanning.Result plan) {
    return post(() -> submitted(request, plan));
  }

  /** Stops a request, if it was submitted and is not over. */
  void cancel(ActiveRequest request, String reason) {
    post(
        () -> {
          if (requests.containsKey(request.id)) {
            handle(new Event.RequestCancelled(request.id, reason));
          }
        });
  }

  /** Builds on these machines from now on. */
  void changeFarm(Farm newFarm) {
    post(
        () -> {
          farm.change(newFarm);
          surroundings.listed(newFarm);
          handle(new Event.FarmChanged(newFarm));
        });
  }

  /** Has something done to machines; the order may depend on the time. */
  void order(Set<Machine> machines, Function<Instant, MachineOrder> order) {
    post(() -> handle(new Event.MachinesOrdered(machines, order.apply(surroundings.now()))));
  }

  private boolean post(Runnable task) {
    try {
      loop.execute(() -> guarded(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** A defect in one event must not end the thread that all of them need. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      startOver(e);
    }
  }

  private void submitted(ActiveRequest request, RequestPlanning.Result plan) {
    plan.alreadyValid().forEach(request::record);
    Optional<String> reason = request.cancelReason();
    if (reason.isPresent()) {
      for (ActiveRequest.Node node : plan.nodes().values()) {
        request.record(
            new DerivationResult.Cancelled(node.job.derivation(), reason.get(), List.of()));
      }
      if (plan.nodes().isEmpty()) {
        request.complete(new BuildOutcome.Cancelled(new TreeMap<>(), reason.get()));
      }
      end(request);
      return;
    }
    request.nodes.putAll(plan.nodes());
    nodes.putAll(plan.nodes());
    requests.put(request.id, request);
    handle(
        new Event.Submitted(
            request.id, plan.specs(), request.request.rules(), request.request.standing()));
  }

  private void end(ActiveRequest request) {
    request.complete();
    surroundings.ended(request);
  }

  private void handle(Event event) {
    for (Effect effect : dispatcher.handle(event, surroundings.now())) {
      carryOut(effect);
    }
  }

  private void startOver(Throwable defect) {
    LOG.error("A defect in the dispatcher, or in the policy it was given", defect);
    Failure failure = Failures.dispatcherDefect(defect);
    generation++;
    List<Running> orphans = new ArrayList<>(running.values());
    running.clear();
    orphans.forEach(orphan -> orphan.run.stop(failure.message()));
    for (Iterator<Map.Entry<Slot, Lease>> i = leases.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Slot, Lease> held = i.next();
      if (orphans.stream().noneMatch(orphan -> orphan.slot.equals(held.getKey()))) {
        i.remove();
        slots.release(held.getValue());
      }
    }
    List<ActiveRequest> failed = new ArrayList<>(requests.values());
    requests.clear();
    nodes.clear();
    dispatcher = surroundings.newDispatcher(farm.farm());
    farm.standing()
        .forEach(
            (machine, order) ->
                // Nothing is there yet to be done, and everybody knows of the order.
                dispatcher.handle(
                    new Event.MachinesOrdered(Set.of(machine), order), surroundings.now()));
    for (ActiveRequest request : failed) {
      request.fail(failure);
      end(request);
    }
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.RequestLease e) {
      requestLease(new Slot(generation, e.attempt()), e.machine());
    } else if (effect instanceof Effect.ReleaseLease e) {
      release(new Slot(generation, e.attempt()));
    } else if (effect instanceof Effect.StartAttempt e) {
      startAttempt(e);
    } else if (effect instanceof Effect.StopAttempt e) {
      Running stopped = running.get(e.attempt());
      if (stopped != null) {
        stopped.run.stop(e.reason());
      }
    } else if (effect instanceof Effect.ReportWaiting e) {
      ActiveRequest.Node node = node(e.build());
      node.request.post(new BuildEvent.Waiting(node.job.derivation(), explain(e.decision())));
    } else if (effect instanceof Effect.ReportEnd e) {
      reportEnd(e);
    } else if (effect instanceof Effect.ReportRequestEnd e) {
      ActiveRequest request = requests.remove(e.request());
      if (request != null) {
        nodes.keySet().removeAll(request.nodes.keySet());
        end(request);
      }
    } else if (effect instanceof Effect.ReportResting e) {
      surroundings.tellEverybody(
          new BuildEvent.MachineResting(e.machine().name(), e.until(), e.reason()));
    } else if (effect instanceof Effect.ReportMachine e) {
      surroundings.tellOfFarm(farm.note(e.report()));
    } else if (effect instanceof Effect.WakeAt e) {
      wakeAt(e.time());
    }
  }

  /** One decision speaks for many builds, so it is put into words once. */
  private String explain(Decision decision) {
    if (!decision.equals(explained)) {
      explained = decision;
      explanation = decision.explain();
    }
    return explanation;
  }

  private void release(Slot slot) {
    Lease lease = leases.remove(slot);
    if (lease != null) {
      slots.release(lease);
    }
  }

  private ActiveRequest.Node node(BuildId build) {
    ActiveRequest.Node node = nodes.get(build);
    if (node == null) {
      throw new IllegalStateException(build + " is unknown or over");
    }
    return node;
  }

  private void requestLease(Slot slot, Machine machine) {
    AttemptId attempt = slot.attempt;
    slots.request(
        farm.slotOf(machine),
        new SlotDesk.Answers() {
          @Override
          public boolean granted(Lease lease) {
            return post(
                () -> {
                  if (slot.generation == generation) {
                    leases.put(slot, lease);
                    handle(new Event.LeaseGranted(attempt));
                  } else {
                    slots.release(lease);
                  }
                });
          }

          @Override
          public void refused(String reason) {
            postOf(slot, () -> handle(new Event.LeaseRefused(attempt, reason)));
          }

          @Override
          public void lost(String reason) {
            postOf(
                slot,
                () -> {
                  leases.remove(slot);
                  handle(new Event.LeaseLost(attempt, reason));
                });
          }
        });
  }

  /** Does it unless the dispatcher that would understand it is gone. */
  private void postOf(Slot slot, Runnable task) {
    post(
        () -> {
          if (slot.generation == generation) {
            task.run();
          }
        });
  }

  private void startAttempt(Effect.StartAttempt start) {
    ActiveRequest.Node node = node(start.build());
    Machine machine = start.machine();
    AttemptId attempt = start.attempt();
    Slot slot = new Slot(generation, attempt);
    AttemptRun run =
        surroundings.newRun(
            node,
            machine,
            start.number(),
            () -> postOf(slot, () -> handle(new Event.SlotDone(attempt))));
    Running begun = new Running(slot, node, machine, start.number(), surroundings.now(), run);
    running.put(attempt, begun);
    node.request.post(
        new BuildEvent.AttemptStarted(node.job.derivation(), machine.name(), start.number()));
    try {
      workers.execute(
          () -> {
            Optional<Failure> failure = run.run();
            post(() -> attemptEnded(begun, failure));
          });
    } catch (RuntimeException | Error e) {
      LOG.warn("Could not start a thread for an attempt", e);
      Failure failure = Failures.noThread(machine.name(), e);
      post(() -> attemptEnded(begun, Optional.of(failure)));
    }
  }

  private void attemptEnded(Running ended, Optional<Failure> failure) {
    surroundings.ended(ended.run);
    if (ended.slot.generation != generation) {
      release(ended.slot);
      return;
    }
    AttemptId id = ended.slot.attempt;
    running.remove(id);
    String machine = ended.machine.name();
    ended.node.attempts.add(
        new Attempt(
            ended.number,
            machine,
            ended.started,
            Duration.between(ended.started, surroundings.now()),
            failure));
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
    long millis = Math.max(1, Duration.between(surroundings.now(), time).toMillis() + 1);
    try {
      wake =
          loop.schedule(
              () -> guarded(() -> handle(new Event.Woken())), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Nothing is woken any more, because everything is closed");
    }
  }
}
