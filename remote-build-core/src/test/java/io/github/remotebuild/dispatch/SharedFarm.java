package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * A dispatcher whose callers ask for more as soon as they get something, in virtual time and from a
 * seed.
 */
final class SharedFarm {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * Someone who wants builds.
   *
   * @param standing in whose name, and how urgent
   * @param demands what its builds ask for
   * @param length draws how many milliseconds a build takes
   * @param backlog how many builds wait at any time for each demand
   */
  record Client(
      Standing standing, List<Demand> demands, ToLongFunction<Random> length, int backlog) {
    static Client named(String name, ToLongFunction<Random> length, Demand... demands) {
      return new Client(
          Standing.ordinary().withCaller(name), List.of(demands), length, 3 + name.length());
    }

    Client withPriority(int priority) {
      return new Client(standing.withPriority(priority), demands, length, backlog);
    }
  }

  /** A build from when it is submitted until its slot is given back. */
  static final class Job {
    final Client client;
    final Demand demand;
    final Instant submitted;
    final long number;
    Instant placed;

    Job(Client client, Demand demand, Instant submitted, long number) {
      this.client = client;
      this.demand = demand;
      this.submitted = submitted;
      this.number = number;
    }
  }

  private record Due(Instant time, long order, Runnable action) {}

  final Dispatcher dispatcher;
  Instant now = START;
  private final Random random;
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparing(Due::time).thenComparing(Due::order));
  private final Map<Long, Job> jobs = new HashMap<>();
  private final Map<AttemptId, Instant> running = new TreeMap<>();
  private final Map<AttemptId, Job> jobOf = new HashMap<>();
  private final Map<String, Duration> used = new TreeMap<>();
  private final Set<Client> gone = new java.util.HashSet<>();

  /** The jobs in the order in which they were given to a machine. */
  final List<Job> placed = new ArrayList<>();

  private Instant wake = Instant.MAX;
  private long order;
  private long lastJob;

  SharedFarm(Farm farm, ShareRule rule, long seed) {
    random = new Random(seed);
    dispatcher =
        new Dispatcher(farm, SelectionPolicy.nix(), RestRule.defaults(), rule, new Random(seed));
  }

  /** From now on the client always has work. */
  SharedFarm joins(Client client) {
    gone.remove(client);
    for (Demand demand : client.demands()) {
      for (int i = 0; i < client.backlog(); i++) {
        submit(client, demand);
      }
    }
    return this;
  }

  /** The client asks for nothing more. */
  void leaves(Client client) {
    gone.add(client);
  }

  long submit(Client client, Demand demand, long... dependencies) {
    long number = ++lastJob;
    jobs.put(number, new Job(client, demand, now, number));
    tell(
        new Event.Submitted(
            new RequestId(number),
            List.of(ScriptedRun.build(number, demand)),
            new RequestRules(OnFailure.KEEP_GOING, Duration.ZERO, 5),
            client.standing()));
    return number;
  }

  /** Lets that much time pass. */
  SharedFarm runs(Duration time) {
    Instant end = now.plus(time);
    while (true) {
      Instant next = due.isEmpty() ? Instant.MAX : due.element().time();
      Instant soonest = wake.isBefore(next) ? wake : next;
      if (soonest.isAfter(end)) {
        now = end;
        return this;
      }
      now = soonest;
      if (wake.isBefore(next)) {
        wake = Instant.MAX;
        tell(new Event.Woken());
      } else {
        due.remove().action().run();
      }
    }
  }

  /** The slot-time of each caller so far. */
  Map<String, Duration> used() {
    Map<String, Duration> result = new TreeMap<>(used);
    running.forEach(
        (attempt, since) ->
            result.merge(
                jobOf.get(attempt).client.standing().caller(),
                Duration.between(since, now),
                Duration::plus));
    return result;
  }

  private void tell(Event event) {
    dispatcher.handle(event, now).forEach(this::carryOut);
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.RequestLease e) {
      Job job = jobs.get(e.build().number());
      job.placed = now;
      placed.add(job);
      jobOf.put(e.attempt(), job);
      in(0, () -> tell(new Event.LeaseGranted(e.attempt())));
      if (!gone.contains(job.client)) {
        in(0, () -> submit(job.client, job.demand));
      }
    } else if (effect instanceof Effect.StartAttempt e) {
      running.put(e.attempt(), now);
      long millis = jobOf.get(e.attempt()).client.length().applyAsLong(random);
      in(millis, () -> succeed(e.attempt()));
    } else if (effect instanceof Effect.WakeAt e) {
      wake = e.time();
    }
  }

  private void succeed(AttemptId attempt) {
    Job job = jobOf.get(attempt);
    used.merge(
        job.client.standing().caller(),
        Duration.between(running.remove(attempt), now),
        Duration::plus);
    jobs.remove(job.number);
    jobOf.remove(attempt);
    tell(new Event.AttemptSucceeded(attempt, Set.of("out"), Map.of()));
  }

  private void in(long millis, Runnable action) {
    due.add(new Due(now.plusMillis(millis), order++, action));
  }
}
