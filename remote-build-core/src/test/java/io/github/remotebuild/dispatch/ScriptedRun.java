package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A dispatcher told what to do line by line; builds are called by their numbers. */
final class ScriptedRun {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Demand LINUX = Demand.forSystem("x86_64-linux");
  static final Duration FIRST_REST = Duration.ofSeconds(10);

  /** 10 s, 20 s, 40 s ... up to 60 s, without jitter. */
  static final RestRule RESTS = new RestRule(FIRST_REST, 2, Duration.ofSeconds(60), 0);

  static final RequestRules STOPPING = RequestRules.defaults();
  static final RequestRules GOING_ON = new RequestRules(OnFailure.KEEP_GOING, Duration.ZERO, 5);

  final Dispatcher dispatcher;
  Instant now = START;

  /** What the last event led to. */
  List<Effect> last = List.of();

  /** What became of each build, in the order in which it was reported. */
  final Map<Long, BuildEnd> ends = new LinkedHashMap<>();

  private final Map<Long, Effect.RequestLease> attempts = new HashMap<>();

  ScriptedRun(Farm farm, SelectionPolicy policy) {
    this(farm, policy, ShareRule.equal());
  }

  ScriptedRun(Farm farm, SelectionPolicy policy, ShareRule shareRule) {
    dispatcher = new Dispatcher(farm, policy, RESTS, shareRule, new Random(0));
  }

  static ScriptedRun on(Machine... machines) {
    return new ScriptedRun(Farm.of(machines), SelectionPolicy.nix());
  }

  static ScriptedRun sharing(ShareRule rule, Machine... machines) {
    return new ScriptedRun(Farm.of(machines), SelectionPolicy.nix(), rule);
  }

  static Machine machine(String uri, int maxJobs) {
    return linux(uri).maxJobs(maxJobs).build();
  }

  static MachineBuilder linux(String uri) {
    return Machine.at(uri).forSystems("x86_64-linux");
  }

  static RequestRules patient(Duration patience) {
    return new RequestRules(OnFailure.KEEP_GOING, patience, 5);
  }

  static BuildSpec build(long number, long... dependencies) {
    return build(number, LINUX, dependencies);
  }

  static BuildSpec build(long number, Demand demand, long... dependencies) {
    Set<BuildId> dependsOn = new TreeSet<>();
    Arrays.stream(dependencies).forEach(dependency -> dependsOn.add(new BuildId(dependency)));
    return new BuildSpec(new BuildId(number), wanted(number), demand, dependsOn);
  }

  /** A build of a derivation that other builds may want too. */
  static BuildSpec shared(long number, long derivation, String... outputs) {
    return new BuildSpec(new BuildId(number), wanted(derivation, outputs), LINUX, Set.of());
  }

  /** Some outputs of a derivation that the number names; {@code out} if none is named. */
  static Wanted wanted(long derivation, String... outputs) {
    return new Wanted(
        derivation(derivation),
        outputs.length == 0 ? Set.of("out") : Set.of(outputs),
        BuildOptions.unbounded());
  }

  static StorePath derivation(long number) {
    String digits = Long.toString(number);
    return StorePath.parse("/nix/store/" + "0".repeat(32 - digits.length()) + digits + "-d.drv");
  }

  static Failure failure(Culprit culprit, RetryAdvice retry) {
    FailureCause cause =
        culprit == Culprit.DERIVATION ? FailureCause.BUILD_FAILED : FailureCause.LOST;
    return new Failure(Phase.BUILD, cause, culprit, retry, Optional.empty(), "it broke", List.of());
  }

  static Failure machineFailure() {
    return failure(Culprit.MACHINE, RetryAdvice.OTHER_MACHINE);
  }

  static Failure derivationFailure() {
    return failure(Culprit.DERIVATION, RetryAdvice.NEVER);
  }

  List<Effect> tell(Event event) {
    last = dispatcher.handle(event, now);
    for (Effect effect : last) {
      if (effect instanceof Effect.RequestLease e) {
        attempts.put(e.build().number(), e);
      } else if (effect instanceof Effect.ReportEnd e
          && ends.put(e.build().number(), e.end()) != null) {
        throw new AssertionError(e.build() + " ended twice");
      }
    }
    return last;
  }

  List<Effect> submit(long request, RequestRules rules, BuildSpec... builds) {
    return tell(new Event.Submitted(new RequestId(request), List.of(builds), rules));
  }

  /** Each build in a request of its own, by the number of the build. */
  void submitEach(Standing standing, BuildSpec... builds) {
    for (BuildSpec build : builds) {
      RequestId request = new RequestId(build.build().number());
      tell(new Event.Submitted(request, List.of(build), GOING_ON, standing));
    }
  }

  /** The build is granted its slot, and gives it back that much later. */
  List<Effect> uses(long build, Duration time) {
    grant(build);
    pass(time);
    return slotDone(build);
  }

  List<Effect> submit(RequestRules rules, BuildSpec... builds) {
    return submit(1, rules, builds);
  }

  /** The last attempt of the build. */
  AttemptId attempt(long build) {
    return request(build).attempt();
  }

  /** Where the last attempt of the build is. */
  String machineOf(long build) {
    return request(build).machine().name();
  }

  private Effect.RequestLease request(long build) {
    Effect.RequestLease request = attempts.get(build);
    if (request == null) {
      throw new AssertionError("build " + build + " was not given to a machine");
    }
    return request;
  }

  boolean isPlaced(long build) {
    return attempts.containsKey(build);
  }

  List<Effect> grant(long build) {
    return tell(new Event.LeaseGranted(attempt(build)));
  }

  List<Effect> refuse(long build) {
    return tell(new Event.LeaseRefused(attempt(build), "somebody else has it"));
  }

  List<Effect> lose(long build) {
    return tell(new Event.LeaseLost(attempt(build), "the store forgot it"));
  }

  List<Effect> slotDone(long build) {
    return tell(new Event.SlotDone(attempt(build)));
  }

  List<Effect> succeed(long build) {
    return succeed(build, "out");
  }

  List<Effect> succeed(long build, String... outputs) {
    return tell(new Event.AttemptSucceeded(attempt(build), Set.of(outputs), Map.of()));
  }

  List<Effect> fail(long build, Failure failure) {
    return tell(new Event.AttemptFailed(attempt(build), failure));
  }

  List<Effect> cancel() {
    return cancel(1);
  }

  List<Effect> cancel(long request) {
    return tell(new Event.RequestCancelled(new RequestId(request), "enough"));
  }

  /** Begins a request that goes on when nothing is left to do. */
  List<Effect> open(RequestRules rules, BuildSpec... builds) {
    return tell(
        new Event.Submitted(new RequestId(1), List.of(builds), rules, Standing.ordinary(), true));
  }

  List<Effect> grow(BuildSpec... builds) {
    return tell(new Event.Grown(new RequestId(1), List.of(builds)));
  }

  List<Effect> seal() {
    return tell(new Event.Sealed(new RequestId(1)));
  }

  List<Effect> change(Machine... machines) {
    return tell(new Event.FarmChanged(Farm.of(machines)));
  }

  List<Effect> order(Machine machine, MachineOrder order) {
    return tell(new Event.MachinesOrdered(Set.of(machine), order));
  }

  /** What the last event said became of machines. */
  List<MachineReport> reports() {
    return last(Effect.ReportMachine.class).stream().map(Effect.ReportMachine::report).toList();
  }

  List<Effect> pass(Duration time) {
    now = now.plus(time);
    return tell(new Event.Woken());
  }

  /** The builds whose end the last event led to, in this order. */
  List<Long> ended() {
    List<Long> ended = new ArrayList<>();
    last(Effect.ReportEnd.class).forEach(effect -> ended.add(effect.build().number()));
    return ended;
  }

  /** The effects of this kind that the last event led to. */
  <E extends Effect> List<E> last(Class<E> kind) {
    return last.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The builds for which the last event asked for a slot, in this order. */
  List<Long> placed() {
    List<Long> placed = new ArrayList<>();
    last(Effect.RequestLease.class).forEach(effect -> placed.add(effect.build().number()));
    return placed;
  }

  /** When the last event asked to be woken. */
  Instant wake() {
    return last(Effect.WakeAt.class).get(0).time();
  }
}
