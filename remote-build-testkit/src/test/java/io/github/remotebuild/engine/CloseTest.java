package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Closing {@code RemoteBuilds}, whatever is going on. The fixture looks for what is left. */
class CloseTest extends FarmFixture {
  private EmbeddedMachine machine;
  private StorePath drv;

  @BeforeEach
  void one_machine_and_one_derivation_with_an_input() {
    start(machine("one", 1));
    machine = farm.machine("one");
    drv = derivation("a", text("source", "text"));
  }

  /** Store processes take a moment to end after they were hung up. */
  private void assertNothingIsOpen() {
    await("nothing is open", () -> leftOpen().isEmpty());
  }

  private static void assertClosed(BuildHandle handle) throws Exception {
    assertThat(outcome(handle))
        .isInstanceOfSatisfying(
            BuildOutcome.Cancelled.class,
            cancelled -> assertThat(cancelled.reason()).isEqualTo("RemoteBuilds was closed"));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "QUERY_CLOSURE")
  void while_the_machine_is_at_any_step(Step step) throws Exception {
    Gate gate = gate();
    machine.at(step, gate::pass);
    RemoteBuilds builds = open();
    BuildHandle handle = builds.start(BuildRequest.of(drv));
    awaitReached(gate);
    builds.close();
    assertClosed(handle);
    assertNothingIsOpen();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "BUILD_DERIVATION")
  void while_the_hub_is_at_any_step(Step step) throws Exception {
    Gate gate = gate();
    hub.at(step, gate::pass);
    RemoteBuilds builds = open();
    BuildHandle handle = builds.start(BuildRequest.of(drv));
    awaitReached(gate);
    builds.close();
    assertClosed(handle);
    assertNothingIsOpen();
  }

  @Test
  void handles_that_nobody_closes_hold_nothing_after_that() throws Exception {
    RemoteBuilds builds = open();
    for (int i = 0; i < 20; i++) {
      BuildHandle handle =
          builds.start(BuildRequest.of(derivation("d" + i)).listening(event -> {}));
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
    }
    assertThat(hub.programsNow()).isGreaterThanOrEqualTo(20);
    builds.close();
    threads.assertAllEnd(Duration.ofMillis(200));
    assertNothingIsOpen();
  }

  @Test
  void many_listeners_that_never_return_cost_no_more_than_one() throws Exception {
    Gate gate = gate();
    RemoteBuilds builds = open();
    List<BuildHandle> handles = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      handles.add(
          builds.start(
              BuildRequest.of(derivation("d" + i)).listening(event -> gate.passStubbornly())));
    }
    for (BuildHandle handle : handles) {
      handle.outcome().get();
    }
    long begun = System.nanoTime();
    builds.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    gate.open();
  }

  @Test
  void from_several_threads() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.pass());
    RemoteBuilds builds = open();
    BuildHandle handle = builds.start(BuildRequest.of(drv));
    awaitReached(gate);
    List<FutureTask<Boolean>> closers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      closers.add(
          inBackground(
              () -> {
                builds.close();
                // Whoever returns may rely on it, also if another thread has done the work.
                return handle.outcome().isDone() && machine.connectionsNow() == 0;
              }));
    }
    for (FutureTask<Boolean> closer : closers) {
      assertThat(get(closer)).isTrue();
    }
    assertClosed(handle);
  }

  @Test
  void from_a_listener_of_the_request() throws Exception {
    RemoteBuilds builds = open();
    AtomicBoolean wasInterrupted = new AtomicBoolean(true);
    CountDownLatch closed = new CountDownLatch(1);
    BuildHandle handle =
        builds.start(
            BuildRequest.of(drv)
                .listening(
                    event -> {
                      if (event instanceof BuildEvent.BuildStarted) {
                        builds.close();
                        wasInterrupted.set(Thread.currentThread().isInterrupted());
                        closed.countDown();
                      }
                    }));
    closed.await();
    assertThat(wasInterrupted).isFalse();
    assertThat(outcome(handle)).isNotNull();
    assertNothingIsOpen();
  }

  @Test
  void from_the_listener_of_all_requests() throws Exception {
    AtomicReference<RemoteBuilds> self = new AtomicReference<>();
    CountDownLatch closed = new CountDownLatch(1);
    RemoteBuilds builds =
        builder()
            .limits(LIMITS)
            .listening(
                event -> {
                  self.get().close();
                  closed.countDown();
                })
            .open();
    self.set(builds);
    BuildHandle handle = builds.start(BuildRequest.of(drv));
    closed.await();
    assertThat(outcome(handle)).isNotNull();
  }

  @Test
  void with_an_interrupted_thread_ends_everything_and_keeps_the_interrupt() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.pass());
    RemoteBuilds builds = open();
    BuildHandle handle = builds.start(BuildRequest.of(drv));
    awaitReached(gate);
    Thread.currentThread().interrupt();
    builds.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Cancelled.class);
  }

  @Test
  void at_any_moment() throws Exception {
    for (int i = 0; i < 40; i++) {
      RemoteBuilds builds = open();
      BuildHandle handle =
          builds.start(
              BuildRequest.of(derivation("moment" + i, text("s" + i, "t"))).listening(event -> {}));
      long until = System.nanoTime() + i * 200_000L;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      builds.close();
      assertThat(handle.await(Duration.ZERO)).isPresent();
      assertNothingIsOpen();
    }
    threads.assertAllEnd(Duration.ofMillis(500));
  }

  @Test
  void while_others_start_requests() throws Exception {
    for (int i = 0; i < 20; i++) {
      RemoteBuilds builds = open();
      List<BuildHandle> handles = java.util.Collections.synchronizedList(new ArrayList<>());
      FutureTask<Boolean> starter =
          inBackground(
              () -> {
                try {
                  while (true) {
                    handles.add(builds.start(BuildRequest.of(drv).listening(event -> {})));
                  }
                } catch (IllegalStateException e) {
                  return true;
                }
              });
      await("some are there", () -> handles.size() > 3);
      builds.close();
      assertThat(get(starter)).isTrue();
      for (BuildHandle handle : handles) {
        assertThat(outcome(handle)).isNotNull();
      }
      assertNothingIsOpen();
    }
  }

  @Test
  void while_a_builder_runs_that_does_not_end() throws Exception {
    Gate gate = gate();
    building(machine, "a", build -> gate.passStubbornly());
    RemoteBuilds builds = open();
    BuildHandle handle = builds.start(BuildRequest.of(drv));
    awaitReached(gate);
    long begun = System.nanoTime();
    builds.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    assertClosed(handle);
    gate.open();
  }
}
