package io.github.remotebuild.dispatch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A dispatcher in a world drawn from a seed, in virtual time and on one thread: machines die and
 * return, slots are refused and lost, builds fail, callers give up. For a while: then everything
 * works, and everything must end.
 */
final class DispatcherSimulation {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration TROUBLE = Duration.ofMinutes(5);
  private static final int EVENT_LIMIT = 20_000;
  private static final int TRACE_SHOWN = 60;
  private static final RestRule RESTS =
      new RestRule(Duration.ofSeconds(10), 2, Duration.ofMinutes(2), 0.1);

  private record Due(Instant time, long order, Runnable action) {}

  /** An attempt as the world sees it. */
  private static final class Running {
    final AttemptId id;
    final Machine machine;
    boolean isHeld;
    boolean isStarted;
    boolean isSlotDone;
    boolean isOver;

    Running(AttemptId id, Machine machine) {
      this.id = id;
      this.machine = machine;
    }
  }

  private final long seed;
  private final Random random;
  private final Drawing drawing;
  private final FarmDrawing farmDrawing;
  private Farm farm;

  /** Whether the farm has been another one, so that lines of before may have slots still. */
  private boolean isFarmFixed = true;

  private final Dispatcher dispatcher;
  private final DispatcherModel model;
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::time).thenComparing(Due::order));
  private final Map<AttemptId, Running> attempts = new TreeMap<>();
  private final Set<StoreKey> down = new HashSet<>();
  private final List<String> trace = new ArrayList<>();
  private Instant now = START;
  private Instant wake = Instant.MAX;
  private long order;

  private DispatcherSimulation(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.drawing = new Drawing(random);
    this.farmDrawing = new FarmDrawing(random);
    this.farm = farmDrawing.farm();
    SelectionPolicy policy =
        List.of(SelectionPolicy.nix(), SelectionPolicy.classic(), SelectionPolicy.hydra())
            .get(random.nextInt(3));
    this.dispatcher = new Dispatcher(farm, policy, RESTS, new Random(seed + 1));
    this.model = new DispatcherModel(farm, RESTS);
  }

  /**
   * Runs the world of a seed to its end.
   *
   * @return a line for each event
   * @throws AssertionError if something did not hold; names the seed and shows what led there
   */
  static List<String> run(long seed) {
    DispatcherSimulation simulation = new DispatcherSimulation(seed);
    try {
      simulation.run();
    } catch (AssertionError | RuntimeException e) {
      List<String> trace = simulation.trace;
      List<String> shown = trace.subList(Math.max(0, trace.size() - TRACE_SHOWN), trace.size());
      throw new AssertionError(
          "seed "
              + seed
              + ": "
              + e
              + "\nfarm "
              + FarmDrawing.describe(simulation.farm)
              + "\nthe last events:\n"
              + String.join("\n", shown),
          e);
    }
    return simulation.trace;
  }

  private void run() {
    int requests = 1 + random.nextInt(4);
    for (int i = 1; i <= requests; i++) {
      RequestId id = new RequestId(i);
      at(anyTime(), () -> tell(drawing.submission(id)));
      if (drawing.chance(0.3)) {
        at(anyTime(), () -> tell(new Event.RequestCancelled(id, "enough")));
      }
    }
    for (Machine machine : farm.machines()) {
      for (int deaths = random.nextInt(3); deaths > 0; deaths--) {
        at(anyTime(), () -> die(machine.storeKey()));
      }
    }
    at(START.plus(TROUBLE), down::clear);
    for (int i = 0; i < 5; i++) {
      at(anyTime(), this::tellNonsense);
    }
    if (drawing.chance(0.7)) {
      troubleTheFarm();
    }
    int events = 0;
    while (!due.isEmpty() || wake != Instant.MAX) {
      if (++events > EVENT_LIMIT) {
        throw new AssertionError("no end after " + EVENT_LIMIT + " events");
      }
      if (due.isEmpty() || wake.isBefore(due.element().time())) {
        now = wake;
        wake = Instant.MAX;
        tell(new Event.Woken());
      } else {
        Due next = due.remove();
        now = next.time();
        next.action().run();
      }
    }
    model.checkEnd();
    if (!dispatcher.isIdle() || dispatcher.unfinishedBuilds() != 0) {
      throw new AssertionError("something is left in the dispatcher");
    }
  }

  /** The list changes and machines get orders, until in the end all of them may be used. */
  private void troubleTheFarm() {
    for (int changes = random.nextInt(8); changes > 0; changes--) {
      at(anyTime(), () -> change(farmDrawing.edited(farm)));
    }
    for (int returns = random.nextInt(8); returns > 0; returns--) {
      at(anyTime(), this::removeForAWhile);
    }
    for (int orders = random.nextInt(8); orders > 0; orders--) {
      at(anyTime(), () -> tell(farmDrawing.order(farm, now)));
    }
    for (int deaths = random.nextInt(3); deaths > 0; deaths--) {
      at(
          anyTime(),
          () -> {
            if (!farm.isEmpty()) {
              die(farm.machine(random.nextInt(farm.size())).storeKey());
            }
          });
    }
    at(START.plus(TROUBLE), () -> order(new MachineOrder.Resume()));
    at(START.plus(TROUBLE), () -> order(new MachineOrder.EndRest()));
  }

  /** Takes a machine off the list, and puts it back soon. */
  private void removeForAWhile() {
    if (!farm.isEmpty()) {
      int position = random.nextInt(farm.size());
      Machine machine = farm.machine(position);
      change(farm.without(position));
      in(seconds(20), () -> change(farm.with(machine)));
    }
  }

  private void change(Farm newFarm) {
    isFarmFixed = false;
    farm = newFarm;
    tell(new Event.FarmChanged(newFarm));
  }

  private void order(MachineOrder order) {
    tell(new Event.MachinesOrdered(Set.copyOf(farm.machines()), order));
  }

  private void tell(Event event) {
    model.told(event, now);
    String line = Duration.between(START, now).toMillis() + " ms " + event;
    trace.add(
        event instanceof Event.Submitted e
            ? line(e)
            : event instanceof Event.FarmChanged e
                ? line.replace(event.toString(), "FarmChanged " + FarmDrawing.describe(e.farm()))
                : line);
    List<Effect> effects = dispatcher.handle(event, now);
    effects.forEach(effect -> trace.add("    " + line(effect)));
    model.check(event, effects);
    effects.forEach(this::carryOut);
  }

  private String line(Event.Submitted event) {
    return Duration.between(START, now).toMillis()
        + " ms Submitted "
        + event.request()
        + " "
        + event.rules()
        + event.builds().stream()
            .map(
                b ->
                    "\n      "
                        + b.build()
                        + " "
                        + b.demand()
                        + " "
                        + b.demand().locality()
                        + " "
                        + new TreeSet<>(b.dependsOn()))
            .reduce("", String::concat);
  }

  private static String line(Effect effect) {
    if (effect instanceof Effect.ReportWaiting e) {
      return "ReportWaiting " + e.build();
    }
    if (effect instanceof Effect.ReportEnd e) {
      return "ReportEnd " + e.build() + " " + e.end().getClass().getSimpleName();
    }
    return effect.toString();
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.RequestLease e) {
      Running attempt = new Running(e.attempt(), e.machine());
      attempts.put(e.attempt(), attempt);
      in(seconds(2), () -> answer(attempt));
    } else if (effect instanceof Effect.ReleaseLease e) {
      attempts.get(e.attempt()).isHeld = false;
    } else if (effect instanceof Effect.StartAttempt e) {
      begin(attempts.get(e.attempt()));
    } else if (effect instanceof Effect.StopAttempt e) {
      Running attempt = attempts.get(e.attempt());
      in(seconds(4), () -> fail(attempt, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
    } else if (effect instanceof Effect.WakeAt e) {
      wake = e.time();
    }
  }

  private void answer(Running attempt) {
    if (isTrouble() && drawing.chance(0.15)) {
      attempt.isOver = true;
      tell(new Event.LeaseRefused(attempt.id, "somebody else has it"));
      return;
    }
    attempt.isHeld = true;
    long held =
        attempts.values().stream()
            .filter(each -> each.isHeld && each.machine.equals(attempt.machine))
            .count();
    if (isFarmFixed && held > attempt.machine.maxJobs()) {
      throw new AssertionError(held + " slots of " + attempt.machine + " are held");
    }
    if (isTrouble() && drawing.chance(0.1)) {
      in(seconds(60), () -> lose(attempt));
    }
    tell(new Event.LeaseGranted(attempt.id));
    if (!attempt.isStarted) {
      attempt.isOver = true;
    }
  }

  /** Also after it was given back, as such messages cross. */
  private void lose(Running attempt) {
    attempt.isHeld = false;
    tell(new Event.LeaseLost(attempt.id, "the store forgot it"));
  }

  private void begin(Running attempt) {
    attempt.isStarted = true;
    if (down.contains(attempt.machine.storeKey())) {
      in(seconds(5), () -> fail(attempt, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
      return;
    }
    double lot = isTrouble() ? random.nextDouble() : 1;
    Duration length = seconds(60);
    if (lot < 0.05) {
      in(length, () -> fail(attempt, Culprit.DERIVATION, RetryAdvice.NEVER));
    } else if (lot < 0.1) {
      in(length, () -> fail(attempt, Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE));
    } else if (lot < 0.15) {
      in(length, () -> fail(attempt, Culprit.HUB, RetryAdvice.SAME_MACHINE));
    } else if (lot < 0.25) {
      in(length, () -> fail(attempt, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
    } else if (lot < 0.3) {
      in(length, () -> slotDone(attempt));
      in(length.plus(seconds(5)), () -> fail(attempt, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
    } else if (lot < 0.4) {
      in(length, () -> succeed(attempt));
    } else {
      in(length, () -> slotDone(attempt));
      in(length.plus(seconds(5)), () -> succeed(attempt));
    }
  }

  private void slotDone(Running attempt) {
    if (!attempt.isOver && !attempt.isSlotDone) {
      attempt.isSlotDone = true;
      tell(new Event.SlotDone(attempt.id));
    }
  }

  private void succeed(Running attempt) {
    if (!attempt.isOver) {
      attempt.isOver = true;
      tell(new Event.AttemptSucceeded(attempt.id));
    }
  }

  private void fail(Running attempt, Culprit culprit, RetryAdvice retry) {
    if (!attempt.isOver) {
      attempt.isOver = true;
      Failure failure =
          new Failure(
              Phase.BUILD,
              FailureCause.OTHER,
              culprit,
              retry,
              Optional.empty(),
              "broke",
              List.of());
      tell(new Event.AttemptFailed(attempt.id, failure));
    }
  }

  private void die(StoreKey host) {
    if (!isTrouble() || !down.add(host)) {
      return;
    }
    for (Running attempt : attempts.values()) {
      if (attempt.isStarted && !attempt.isOver && attempt.machine.storeKey().equals(host)) {
        in(seconds(3), () -> fail(attempt, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
      }
    }
    in(seconds(90), () -> down.remove(host));
  }

  /** Tells of what cannot be; the dispatcher must refuse it and go on as if nothing had been. */
  private void tellNonsense() {
    List<Event> nonsense = new ArrayList<>();
    nonsense.add(new Event.LeaseGranted(new AttemptId(1_000_000)));
    nonsense.add(new Event.SlotDone(new AttemptId(-1)));
    BuildId one = new BuildId(1_000_000);
    BuildId other = new BuildId(1_000_001);
    Demand demand = Demand.forSystem("x86_64-linux");
    nonsense.add(
        new Event.Submitted(
            new RequestId(1_000_000),
            List.of(
                new BuildSpec(one, demand, Set.of()),
                new BuildSpec(other, demand, Set.of(new BuildId(-1)))),
            RequestRules.defaults()));
    for (Running attempt : attempts.values()) {
      if (attempt.isOver || attempt.isStarted) {
        nonsense.add(new Event.LeaseGranted(attempt.id));
        nonsense.add(new Event.LeaseRefused(attempt.id, "nonsense"));
      } else {
        nonsense.add(new Event.AttemptSucceeded(attempt.id));
        nonsense.add(new Event.SlotDone(attempt.id));
      }
    }
    trace.add("  (nonsense is told)");
    for (Event event : nonsense) {
      assertThatThrownBy(() -> dispatcher.handle(event, now))
          .isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class);
    }
  }

  private boolean isTrouble() {
    return now.isBefore(START.plus(TROUBLE));
  }

  private Instant anyTime() {
    return drawing.chance(0.2) ? START : START.plusMillis(random.nextInt((int) TROUBLE.toMillis()));
  }

  /** Up to this many seconds, and often none at all. */
  private Duration seconds(int most) {
    return drawing.chance(0.2) ? Duration.ZERO : Duration.ofMillis(random.nextInt(most * 1_000));
  }

  private void in(Duration delay, Runnable action) {
    at(now.plus(delay), action);
  }

  private void at(Instant time, Runnable action) {
    due.add(new Due(time, order++, action));
  }
}
