package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.lease.SlotLeases;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.OutputsSpec;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.MachineEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RemoteBuildsTest extends FarmFixture {
  @Test
  void a_graph_is_built_on_two_machines() throws Exception {
    start(machine("one", 2), machine("two", 2));
    EmbeddedMachine one = farm.machine("one");
    EmbeddedMachine two = farm.machine("two");
    StorePath source = text("source", "text");
    StorePath left = derivation("left", source);
    StorePath right = derivation("right", source);
    StorePath top = derivation("top", left, right);
    Gate bothAtOnce = gate();
    building(one, "left", build -> bothAtOnce.pass());
    building(two, "left", build -> bothAtOnce.pass());
    building(one, "right", build -> bothAtOnce.open());
    building(two, "right", build -> bothAtOnce.open());

    BuildOutcome outcome;
    try (RemoteBuilds builds = open()) {
      outcome = builds.build(BuildRequest.of(top));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(outcome.results()).containsOnlyKeys(left, right, top);
    assertThat(((BuildOutcome.Built) outcome).outputs(top))
        .containsExactly(java.util.Map.entry("out", farm.output(top)));
    assertThat(hub.store().isValid(farm.output(top))).isTrue();
    assertThat(one.buildsAsked()).isNotEmpty();
    assertThat(two.buildsAsked()).isNotEmpty();
    assertThat(one.buildsAsked().size() + two.buildsAsked().size()).isEqualTo(3);
  }

  @Test
  void hundreds_of_builds_share_few_connections_and_slots() throws Exception {
    start(machine("one", 3), machine("two", 2));
    EmbeddedMachine one = farm.machine("one");
    EmbeddedMachine two = farm.machine("two");
    List<StorePath> layer = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      layer.add(derivation("leaf" + i));
    }
    List<StorePath> middle = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      middle.add(derivation("middle" + i, layer.get(i), layer.get((i + 1) % 60)));
    }

    BuildOutcome outcome;
    try (RemoteBuilds builds = open()) {
      outcome = builds.build(BuildRequest.of(middle.toArray(new StorePath[0])));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(outcome.results()).hasSize(120);
    assertThat(one.mostBuildsAtOnce()).isLessThanOrEqualTo(3);
    assertThat(two.mostBuildsAtOnce()).isLessThanOrEqualTo(2);
    assertThat(one.connectionsSoFar()).isLessThanOrEqualTo(3 + LIMITS.transfers());
  }

  @Test
  void inputs_go_out_and_references_come_back_only_once() throws Exception {
    start(machine("one", 1));
    EmbeddedMachine one = farm.machine("one");
    StorePath library = text("library", "code");
    StorePath tool = text("tool", "uses it", library);
    StorePath drv = derivation("app", tool);
    building(one, "app", build -> build.write("out", NarTree.executable("refers to " + tool)));

    try (RemoteBuilds builds = open()) {
      assertThat(builds.build(BuildRequest.of(drv))).isInstanceOf(BuildOutcome.Built.class);
    }

    assertThat(one.store().isValid(library)).isTrue();
    assertThat(hub.store().info(farm.output(drv)).orElseThrow().references()).containsExactly(tool);
    assertThat(hub.told(MachineEvent.Added.class))
        .extracting(MachineEvent.Added::path)
        .as("what was brought back")
        .containsExactly(farm.output(drv));
  }

  @Test
  void what_is_valid_is_not_built() throws Exception {
    start(machine("one", 1));
    EmbeddedMachine one = farm.machine("one");
    StorePath drv = derivation("a");
    try (RemoteBuilds builds = open()) {
      builds.build(BuildRequest.of(drv));
      BuildOutcome again = builds.build(BuildRequest.of(drv));
      assertThat(again.results().get(drv)).isInstanceOf(DerivationResult.AlreadyValid.class);
      assertThat(again).isInstanceOf(BuildOutcome.Built.class);
    }
    assertThat(one.buildsAsked()).hasSize(1);
  }

  @Test
  void only_the_wanted_outputs_are_fetched() throws Exception {
    start(machine("one", 1));
    StorePath drv = farm.add(unfinished("many").outputs("out", "doc"));
    try (RemoteBuilds builds = open()) {
      BuildOutcome outcome =
          builds.build(BuildRequest.of(new DerivedPath.Built(drv, OutputsSpec.names("doc"))));
      assertThat(((BuildOutcome.Built) outcome).outputs(drv)).containsOnlyKeys("doc");
    }
    assertThat(hub.store().isValid(farm.output(drv, "doc"))).isTrue();
    assertThat(hub.store().isValid(farm.output(drv, "out"))).isFalse();
  }

  @Test
  void events_come_in_order_and_the_log_before_the_end() throws Exception {
    start(machine("one", 1));
    EmbeddedMachine one = farm.machine("one");
    StorePath drv = derivation("a");
    building(
        one,
        "a",
        build -> {
          for (int i = 0; i < 200; i++) {
            build.log("line " + i);
          }
          build.print("no end");
        });
    List<BuildEvent> events = new CopyOnWriteArrayList<>();
    try (RemoteBuilds builds = open()) {
      builds.build(BuildRequest.of(drv).listening(events::add));
    }
    assertThat(events.get(0)).isEqualTo(new BuildEvent.Planned(1, 0));
    assertThat(events.get(events.size() - 1)).isInstanceOf(BuildEvent.Finished.class);
    List<String> lines =
        events.stream()
            .filter(BuildEvent.LogLine.class::isInstance)
            .map(event -> ((BuildEvent.LogLine) event).line())
            .toList();
    assertThat(lines).hasSize(201).startsWith("line 0", "line 1").endsWith("line 199", "no end");
  }

  @Test
  void a_failed_build_tells_the_reason_and_what_depends_on_it() throws Exception {
    start(machine("one", 2));
    EmbeddedMachine one = farm.machine("one");
    StorePath bad = derivation("bad");
    StorePath top = derivation("top", bad);
    building(one, "bad", failing("error: builder for 'bad' failed"));
    try (RemoteBuilds builds = open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(top));
      assertThat(outcome)
          .isInstanceOfSatisfying(
              BuildOutcome.Failed.class,
              failed -> {
                assertThat(failed.failure().cause()).isEqualTo(FailureCause.BUILD_FAILED);
                assertThat(failed.failure().message()).contains("builder for 'bad' failed");
              });
      assertThat(outcome.results().get(top))
          .isEqualTo(new DerivationResult.DependencyFailed(top, bad));
    }
  }

  @Test
  void two_of_them_side_by_side_share_nothing_but_what_they_are_given() throws Exception {
    start(machine("one", 1));
    EmbeddedMachine one = farm.machine("one");
    SlotLeases leases = SlotLeases.inProcess();
    StorePath a = derivation("a");
    StorePath b = derivation("b");
    Gate gate = gate();
    building(one, "a", build -> gate.pass());
    try (RemoteBuilds left = builder().limits(LIMITS).leasingFrom(leases).open();
        RemoteBuilds right = builder().limits(LIMITS).leasingFrom(leases).open()) {
      BuildHandle first = left.start(BuildRequest.of(a));
      awaitReached(gate);
      BuildHandle second = right.start(BuildRequest.of(b));
      left.close();
      assertThat(outcome(first)).isInstanceOf(BuildOutcome.Cancelled.class);
      assertThat(outcome(second)).isInstanceOf(BuildOutcome.Built.class);
    }
    assertThat(one.mostBuildsAtOnce()).isEqualTo(1);
  }

  @Test
  void one_builder_opened_twice_gives_two_that_share_no_slots() throws Exception {
    start(machine("one", 1));
    EmbeddedMachine one = farm.machine("one");
    StorePath a = derivation("a");
    StorePath b = derivation("b");
    Gate gate = gate();
    building(one, "a", build -> gate.pass());
    RemoteBuildsBuilder builder = builder().limits(LIMITS);
    try (RemoteBuilds left = builder.open();
        RemoteBuilds right = builder.open()) {
      left.start(BuildRequest.of(a));
      awaitReached(gate);
      assertThat(outcome(right.start(BuildRequest.of(b)))).isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void nothing_is_connected_before_the_first_build() {
    start(machine("one", 1));
    EmbeddedMachine one = farm.machine("one");
    open().close();
    assertThat(one.connectionsSoFar() + hub.connectionsSoFar()).isZero();
  }

  @Test
  void nothing_can_be_started_after_closing() {
    start();
    RemoteBuilds builds = open();
    builds.close();
    builds.close();
    assertThatThrownBy(() -> builds.start(BuildRequest.of(derivation("a"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void a_future_that_is_cancelled_changes_nothing() throws Exception {
    start(machine("one", 1));
    try (RemoteBuilds builds = open()) {
      BuildHandle handle = builds.start(BuildRequest.of(derivation("a")));
      handle.outcome().cancel(true);
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
      assertThat(handle.outcome().get()).isSameAs(outcome(handle));
    }
  }

  @Test
  void what_is_attached_to_a_future_may_build_and_close() throws Exception {
    start(machine("one", 1));
    StorePath a = derivation("a");
    StorePath b = derivation("b");
    RemoteBuilds builds = open();
    BuildHandle handle = builds.start(BuildRequest.of(a));
    BuildOutcome second =
        handle
            .outcome()
            .thenApply(
                first -> {
                  try {
                    return builds.build(BuildRequest.of(b));
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  } finally {
                    builds.close();
                  }
                })
            .get(LONG.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    assertThat(second).isInstanceOf(BuildOutcome.Built.class);
    builds.close();
  }

  @Test
  void a_farm_that_needs_ssh_says_which_call_is_missing() throws Exception {
    start(machine("one", 1));
    EmbeddedMachine unused = farm.machine("one");
    StorePath drv = derivation("a");
    try (RemoteBuilds builds =
        RemoteBuilds.on(farm.farm()).hub(farm.hub()).threads(threads).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      assertThat(((BuildOutcome.Failed) outcome).failure().message())
          .contains("connectingWith(...)");
      assertThat(((BuildOutcome.Failed) outcome).failure().cause())
          .isEqualTo(FailureCause.UNSUPPORTED);
    }
    assertThat(unused.connectionsSoFar()).isZero();
  }

  @Test
  void a_farm_without_machines_declines() throws Exception {
    start();
    StorePath drv = derivation("a");
    try (RemoteBuilds builds = open()) {
      assertThat(builds.build(BuildRequest.of(drv))).isInstanceOf(BuildOutcome.Declined.class);
    }
  }
}
