package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * Measures what the dispatcher itself costs: a program to be started by hand.
 *
 * <p>Prints, for each number of builds given (else 10,000 and 100,000), the time spent in the
 * dispatcher while 1,000 machines with 4 slots each build them, 5 of 100 attempts being spoilt by
 * the machine; and for the last number, the same once more with 50 callers.
 */
final class DispatcherThroughput {
  private static final int MACHINES = 1_000;
  private static final int CALLERS = 50;
  private static final double FAILURE_PART = 0.05;

  private record Due(Instant time, long order, Event event) {}

  private final Random random = new Random(1);
  private final Dispatcher dispatcher =
      new Dispatcher(farm(), SelectionPolicy.nix(), RestRule.defaults(), random);
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::time).thenComparing(Due::order));
  private Instant now = Instant.EPOCH;
  private Instant wake = Instant.MAX;
  private long order;
  private long events;
  private long nanos;
  private long ended;

  private DispatcherThroughput() {}

  private static Farm farm() {
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < MACHINES; i++) {
      machines.add(
          Machine.at("m" + i)
              .forSystems("x86_64-linux")
              .maxJobs(4)
              .speedFactor(1 + i % 3)
              .supporting(i % 2 == 0 ? new String[] {"kvm"} : new String[0])
              .build());
    }
    return Farm.of(machines);
  }

  private void run(int builds, int callers) {
    List<List<BuildSpec>> specs = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      specs.add(new ArrayList<>());
    }
    Demand plain = Demand.forSystem("x86_64-linux");
    for (int i = 0; i < builds; i++) {
      specs
          .get(i % callers)
          .add(
              new BuildSpec(new BuildId(i), i % 4 == 0 ? plain.requiring("kvm") : plain, Set.of()));
    }
    RequestRules rules = new RequestRules(OnFailure.KEEP_GOING, Duration.ofHours(1), 20);
    for (int caller = 0; caller < callers; caller++) {
      Standing standing = Standing.ordinary().withCaller("caller " + caller);
      in(
          Duration.ZERO,
          new Event.Submitted(new RequestId(caller), specs.get(caller), rules, standing));
    }
    while (!due.isEmpty()) {
      Event event = new Event.Woken();
      if (wake.isBefore(due.element().time())) {
        now = wake;
        wake = Instant.MAX;
      } else {
        Due next = due.remove();
        now = next.time();
        event = next.event();
      }
      long begun = System.nanoTime();
      List<Effect> effects = dispatcher.handle(event, now);
      nanos += System.nanoTime() - begun;
      events++;
      effects.forEach(this::carryOut);
    }
    if (ended != builds || dispatcher.unfinishedBuilds() != 0) {
      throw new IllegalStateException(ended + " of " + builds + " builds ended");
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "%,d builds of %,d callers on %,d machines: %.2f s in the dispatcher, %.1f us for each"
                + " build, %,d events, %.1f us for each",
            builds,
            callers,
            MACHINES,
            nanos / 1e9,
            nanos / 1e3 / builds,
            events,
            nanos / 1e3 / events));
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.RequestLease e) {
      in(Duration.ofMillis(1), new Event.LeaseGranted(e.attempt()));
    } else if (effect instanceof Effect.StartAttempt e) {
      Duration length = Duration.ofMillis(1_000 + random.nextInt(60_000));
      if (random.nextDouble() < FAILURE_PART) {
        in(length, new Event.AttemptFailed(e.attempt(), machineFailure(e.machine())));
      } else {
        in(length, new Event.SlotDone(e.attempt()));
        in(length.plusMillis(100), new Event.AttemptSucceeded(e.attempt()));
      }
    } else if (effect instanceof Effect.ReportEnd) {
      ended++;
    } else if (effect instanceof Effect.WakeAt e) {
      wake = e.time();
    }
  }

  private void in(Duration delay, Event event) {
    due.add(new Due(now.plus(delay), order++, event));
  }

  private static Failure machineFailure(Machine machine) {
    return new Failure(
        Phase.BUILD,
        FailureCause.LOST,
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of(machine.name()),
        "the connection was lost",
        List.of());
  }

  public static void main(String[] arguments) {
    int[] sizes = {10_000, 100_000};
    if (arguments.length > 0) {
      sizes = List.of(arguments).stream().mapToInt(Integer::parseInt).toArray();
    }
    new DispatcherThroughput().run(2_000, 1);
    for (int size : sizes) {
      new DispatcherThroughput().run(size, 1);
    }
    new DispatcherThroughput().run(sizes[sizes.length - 1], CALLERS);
  }
}
