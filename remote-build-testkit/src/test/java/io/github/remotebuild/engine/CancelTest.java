package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Cancelling and closing, whatever is going on. */
class CancelTest extends FarmFixture {
  /** How soon control must be back: the grace for ending politely, and room for a slow computer. */
  private static final Duration SOON = Duration.ofMillis(1500);

  private EmbeddedMachine machine;
  private StorePath drv;

  @BeforeEach
  void one_machine_and_one_derivation_with_an_input() {
    start(machine("one", 1));
    machine = farm.machine("one");
    drv = derivation("a", text("source", "text"));
  }

  private void assertCancelledSoon(BuildHandle handle) throws Exception {
    long begun = System.nanoTime();
    handle.cancel();
    assertThat(outcome(handle))
        .isInstanceOfSatisfying(
            BuildOutcome.Cancelled.class,
            cancelled -> assertThat(cancelled.reason()).isEqualTo("it was cancelled"));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
  }

  private void assertOthersStillWork(RemoteBuilds builds) throws Exception {
    openGates();
    undisturbed();
    assertThat(builds.build(BuildRequest.of(drv))).isInstanceOf(BuildOutcome.Built.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"CONNECT", "START", "GREET", "QUERY_VALID_PATHS", "DUMP_STORE_PATH"})
  void while_the_hub_is_asked_what_there_is(Step step) throws Exception {
    Gate gate = gate();
    hub.at(step, gate::pass);
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      assertCancelledSoon(handle);
      assertOthersStillWork(builds);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "QUERY_CLOSURE")
  void while_the_machine_is_at_any_step(Step step) throws Exception {
    Gate gate = gate();
    machine.at(step, gate::pass);
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      assertCancelledSoon(handle);
      assertOthersStillWork(builds);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"QUERY_CLOSURE", "QUERY_PATH_INFOS", "ADD_TO_STORE_NAR"})
  void while_the_hub_sends_or_receives(Step step) throws Exception {
    Gate gate = gate();
    hub.at(step, gate::pass);
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      assertCancelledSoon(handle);
      assertOthersStillWork(builds);
    }
  }

  @Test
  void while_the_builder_runs() throws Exception {
    Gate gate = gate();
    CountDownLatch stopped = new CountDownLatch(1);
    building(
        machine,
        "a",
        build -> {
          try {
            gate.pass();
          } catch (InterruptedException e) {
            stopped.countDown();
            throw e;
          }
        });
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      assertCancelledSoon(handle);
      assertThat(stopped.getCount()).as("the machine has stopped it").isZero();
    }
  }

  @Test
  void while_a_builder_runs_that_does_not_end() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.passStubbornly());
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      assertCancelledSoon(handle);
    }
    gate.open();
  }

  @Test
  void while_all_transfers_are_busy() throws Exception {
    StorePath other = derivation("other");
    Gate gate = gate();
    try (RemoteBuilds builds = builder().limits(LIMITS.withTransfers(1)).open()) {
      hub.once(Step.ADD_TO_STORE_NAR, gate::pass);
      BuildHandle first = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      // The first has given back its slot, and holds the only transfer.
      BuildHandle second = builds.start(BuildRequest.of(other));
      await("the second was built", () -> machine.buildsAsked().contains(other));
      await("and waits", () -> threads.waiting() >= 4);
      assertCancelledSoon(second);
      gate.open();
      assertThat(outcome(first)).isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void while_it_waits_for_a_planner() throws Exception {
    Gate gate = gate();
    hub.at(Step.GREET, gate::pass);
    try (RemoteBuilds builds = open()) {
      List<BuildHandle> busy = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        busy.add(builds.start(BuildRequest.of(drv)));
      }
      awaitReached(gate);
      assertCancelledSoon(builds.start(BuildRequest.of(drv)));
      gate.open();
      for (BuildHandle handle : busy) {
        assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
        handle.close();
      }
    }
  }

  @Test
  void while_it_waits_for_a_machine() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.pass());
    try (RemoteBuilds builds = open()) {
      BuildHandle first = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      List<BuildEvent> events = new java.util.concurrent.CopyOnWriteArrayList<>();
      BuildHandle second = builds.start(BuildRequest.of(derivation("b")).listening(events::add));
      await(
          "it says that it waits",
          () -> events.stream().anyMatch(BuildEvent.Waiting.class::isInstance));
      assertCancelledSoon(second);
      gate.open();
      assertThat(outcome(first)).isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void at_any_moment() throws Exception {
    try (RemoteBuilds builds = open()) {
      for (int i = 0; i < 150; i++) {
        StorePath each = derivation("moment" + i, text("s" + i, "text"));
        BuildHandle handle = builds.start(BuildRequest.of(each));
        long until = System.nanoTime() + i * 50_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        handle.cancel();
        assertThat(outcome(handle))
            .isInstanceOfAny(BuildOutcome.Cancelled.class, BuildOutcome.Built.class);
        handle.close();
      }
      assertOthersStillWork(builds);
    }
  }

  @Test
  void closing_the_handle_at_any_moment_leaves_no_session_on_the_hub() throws Exception {
    try (RemoteBuilds builds = open()) {
      for (int i = 0; i < 150; i++) {
        StorePath each = derivation("moment" + i, text("s" + i, "text"));
        BuildHandle handle = builds.start(BuildRequest.of(each));
        long until = System.nanoTime() + i * 50_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        handle.close();
      }
      await("only the shared sessions are left", () -> hub.programsNow() <= LIMITS.transfers());
    }
  }

  @Test
  void cancelling_twice_or_afterwards_does_nothing() throws Exception {
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
      handle.cancel();
      handle.cancel();
      handle.close();
      handle.close();
      handle.cancel();
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void a_thread_that_is_interrupted_while_it_waits_cancels_its_build() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.pass());
    try (RemoteBuilds builds = open()) {
      FutureTask<BuildOutcome> building =
          new FutureTask<>(() -> builds.build(BuildRequest.of(drv)));
      Thread thread = new Thread(building);
      thread.start();
      awaitReached(gate);
      thread.interrupt();
      assertThatThrownBy(() -> get(building)).hasCauseInstanceOf(InterruptedException.class);
      await("the slot is free", () -> machine.programsNow() == 0);
    }
  }

  @Test
  void a_wait_with_a_limit_ends_without_an_outcome() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.pass());
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      assertThat(handle.await(Duration.ofMillis(1))).isEmpty();
      assertThat(handle.await(Duration.ofSeconds(-1))).isEmpty();
      gate.open();
      assertThat(handle.await(java.time.temporal.ChronoUnit.FOREVER.getDuration())).isPresent();
    }
  }
}
