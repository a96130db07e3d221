package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.Limits;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.embedded.BuildFailedException;
import io.github.remotebuild.testkit.embedded.BuilderFunction;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.EmbeddedStoreException;
import io.github.remotebuild.testkit.embedded.Step;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Machines that fail, die or say nothing: the build goes to another one. */
class MachineTroubleTest extends FarmFixture {
  private EmbeddedMachine one;
  private EmbeddedMachine two;
  private StorePath drv;

  @BeforeEach
  void two_machines_and_one_derivation_with_an_input() {
    start(machine("one", 1), machine("two", 1), machine("many", 20));
    one = farm.machine("one");
    two = farm.machine("two");
    drv = derivation("a", text("source", "text"));
  }

  private DerivationResult resultOf(Limits limits, BuildRequest request) throws Exception {
    try (RemoteBuilds builds = builder("one", "two").limits(limits).open();
        BuildHandle handle = builds.start(request)) {
      return outcome(handle).results().get(drv);
    }
  }

  private static TransportException unreachable() {
    return new TransportException(TransportProblem.UNREACHABLE, "Could not connect to it: gone");
  }

  private void assertBuiltOnTwo(DerivationResult result) {
    assertThat(result)
        .isInstanceOfSatisfying(
            DerivationResult.Built.class,
            built -> {
              assertThat(built.machine()).isEqualTo("two");
              assertThat(built.attempts()).hasSize(2);
              assertThat(built.attempts().get(0).failure().orElseThrow().culprit())
                  .isNotEqualTo(Culprit.HUB);
            });
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "QUERY_CLOSURE")
  void one_that_vanishes_at_any_step(Step step) throws Exception {
    one.at(
        step,
        () -> {
          one.hangUp();
          throw unreachable();
        });
    assertBuiltOnTwo(resultOf(LIMITS, BuildRequest.of(drv)));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"CONNECT", "START", "BUILD_DERIVATION", "QUERY_CLOSURE"})
  void one_that_says_nothing_more_at_any_step(Step step) throws Exception {
    one.at(step, gate()::pass);
    Duration brief = Duration.ofMillis(100);
    assertBuiltOnTwo(
        resultOf(
            LIMITS
                .withHandshakeTimeout(brief)
                .withQueryTimeout(brief)
                .withTransferStallTimeout(brief),
            BuildRequest.of(drv)));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"CONNECT", "START", "QUERY_CLOSURE"})
  void one_that_refuses_at_any_step(Step step) throws Exception {
    one.at(
        step,
        () -> {
          throw new EmbeddedStoreException("the disk is full");
        });
    DerivationResult result = resultOf(LIMITS, BuildRequest.of(drv));
    assertBuiltOnTwo(result);
    assertThat(result.attempts().get(0).failure().orElseThrow().message())
        .contains("the disk is full");
  }

  @Test
  void one_whose_kept_connection_has_died_unnoticed_is_connected_anew() throws Exception {
    try (RemoteBuilds builds = open("one")) {
      builds.build(BuildRequest.of(derivation("first")));
      one.once(Step.START, one::hangUp);
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      assertThat(outcome.results().get(drv).attempts()).hasSize(1);
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    }
    assertThat(one.connectionsSoFar()).isEqualTo(2);
  }

  @Test
  void one_whose_kept_connection_does_not_answer_is_connected_anew() throws Exception {
    try (RemoteBuilds builds =
        builder("one").limits(LIMITS.withHandshakeTimeout(Duration.ofMillis(200))).open()) {
      builds.build(BuildRequest.of(derivation("first")));
      one.once(Step.GREET, gate()::pass);
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(outcome.results().get(drv).attempts()).hasSize(1);
    }
  }

  @Test
  void an_expired_greeting_does_not_hide_what_came_after_it() throws Exception {
    building(one, "a", failing("the real reason"));
    try (RemoteBuilds builds =
        builder("one").limits(LIMITS.withHandshakeTimeout(Duration.ofMillis(200))).open()) {
      builds.build(BuildRequest.of(derivation("first")));
      one.once(Step.GREET, gate()::pass);
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      assertThat(((BuildOutcome.Failed) outcome).failure().message()).contains("the real reason");
    }
  }

  @Test
  void one_that_says_it_has_built_and_has_not() throws Exception {
    one.at(
        Step.QUERY_PATH_INFOS,
        () -> {
          one.store().delete(farm.output(drv));
        });
    assertBuiltOnTwo(resultOf(LIMITS, BuildRequest.of(drv)));
  }

  @Test
  void one_that_sends_other_bytes_than_it_promised() throws Exception {
    one.at(Step.DUMP_STORE_PATH, () -> one.store().damage(farm.output(drv)));
    DerivationResult result = resultOf(LIMITS, BuildRequest.of(drv));
    assertBuiltOnTwo(result);
    assertThat(result.attempts().get(0).failure().orElseThrow().cause())
        .isEqualTo(FailureCause.HASH_MISMATCH);
    assertThat(hub.store().info(farm.output(drv))).isEqualTo(two.store().info(farm.output(drv)));
  }

  @Test
  void a_transient_failure_is_tried_elsewhere() throws Exception {
    building(
        one,
        "a",
        build -> {
          throw new BuildFailedException(BuildStatus.TRANSIENT_FAILURE, "no space");
        });
    assertBuiltOnTwo(resultOf(LIMITS, BuildRequest.of(drv)));
  }

  @Test
  void a_build_that_fails_for_good_is_not_tried_elsewhere() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    BuilderFunction failing =
        build -> {
          tries.incrementAndGet();
          throw new BuildFailedException(BuildStatus.PERMANENT_FAILURE, "exit 1");
        };
    building(one, "a", failing);
    building(two, "a", failing);
    assertThat(resultOf(LIMITS, BuildRequest.of(drv))).isInstanceOf(DerivationResult.Failed.class);
    assertThat(tries).hasValue(1);
  }

  @Test
  void a_build_that_is_silent_beyond_its_bound_is_ended_if_the_machine_does_not() throws Exception {
    Gate gate = gate();
    // The machine takes the build, and never looks at its bounds.
    one.at(Step.BUILD_DERIVATION, gate::pass);
    long begun = System.nanoTime();
    DerivationResult result =
        resultOf(LIMITS, BuildRequest.of(drv).maxSilentTime(Duration.ofSeconds(1)));
    assertThat(((DerivationResult.Failed) result).failure().message())
        .contains("printed nothing for more than 1 s");
    assertThat(((DerivationResult.Failed) result).failure().cause())
        .isEqualTo(FailureCause.TIMED_OUT);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(5));
  }

  @Test
  void a_machine_that_is_down_costs_its_builds_one_login_together() throws Exception {
    EmbeddedMachine many = farm.machine("many");
    Gate gate = gate();
    many.at(
        Step.CONNECT,
        () -> {
          gate.pass();
          throw unreachable();
        });
    StorePath[] drvs = new StorePath[20];
    for (int i = 0; i < drvs.length; i++) {
      drvs[i] = derivation("d" + i);
    }
    try (RemoteBuilds builds = open("many")) {
      BuildHandle handle = builds.start(BuildRequest.of(drvs).keepGoing());
      awaitReached(gate);
      await("all of them wait for the login", () -> threads.waiting() >= 20);
      gate.open();
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Failed.class);
    }
    assertThat(many.connectionsSoFar()).isLessThan(6);
  }

  @Test
  void nothing_is_heard_of_a_machine_after_the_end() throws Exception {
    Gate gate = gate();
    java.util.List<BuildEvent> events = new java.util.concurrent.CopyOnWriteArrayList<>();
    building(
        one,
        "a",
        build -> {
          gate.passStubbornly();
          build.log("too late");
        });
    try (RemoteBuilds builds = builder("one", "two").limits(LIMITS).listening(events::add).open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      handle.cancel();
      outcome(handle);
      gate.open();
      await("the builder has ended", () -> one.programsNow() == 0);
      await(
          "the end is told", () -> events.stream().anyMatch(BuildEvent.Finished.class::isInstance));
    }
    assertThat(events.get(events.size() - 1)).isInstanceOf(BuildEvent.Finished.class);
  }
}
