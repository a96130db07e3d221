package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several requests that want one derivation at once. */
class SharedBuildTest extends FarmFixture {
  private static final int CALLERS = 50;

  private EmbeddedMachine machine;
  private StorePath drv;
  private Gate gate;

  @BeforeEach
  void a_machine_with_slots_for_all_and_a_derivation_that_is_held_up() {
    start(machine("one", CALLERS));
    machine = farm.machine("one");
    drv = derivation("shared");
    gate = gate();
    building(machine, "shared", build -> gate.pass());
  }

  private List<BuildHandle> startAll(RemoteBuilds builds) {
    List<BuildHandle> handles = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      handles.add(builds.start(BuildRequest.of(drv)));
    }
    return handles;
  }

  @Test
  void is_built_once_for_fifty_and_all_of_them_get_it() throws Exception {
    try (RemoteBuilds builds = open()) {
      List<BuildHandle> handles = startAll(builds);
      awaitReached(gate);
      gate.open();

      for (BuildHandle handle : handles) {
        assertThat(handle.await(LONG)).containsInstanceOf(BuildOutcome.Built.class);
      }

      assertThat(machine.built()).containsExactly(drv);
    }
  }

  @Test
  void forty_nine_cancels_do_not_stop_it() throws Exception {
    try (RemoteBuilds builds = open()) {
      List<BuildHandle> handles = startAll(builds);
      awaitReached(gate);
      BuildHandle last = handles.remove(CALLERS / 2);
      for (BuildHandle handle : handles) {
        handle.cancel();
      }
      for (BuildHandle handle : handles) {
        assertThat(handle.await(LONG)).containsInstanceOf(BuildOutcome.Cancelled.class);
      }
      assertThat(last.await(Duration.ZERO)).as("the fiftieth goes on").isEmpty();

      gate.open();

      assertThat(last.await(LONG)).containsInstanceOf(BuildOutcome.Built.class);
      assertThat(machine.built()).containsExactly(drv);
    }
  }

  @Test
  void the_last_cancel_stops_it_and_it_can_be_had_again() throws Exception {
    try (RemoteBuilds builds = open()) {
      List<BuildHandle> handles = startAll(builds);
      awaitReached(gate);

      handles.forEach(BuildHandle::cancel);

      for (BuildHandle handle : handles) {
        assertThat(handle.await(LONG)).containsInstanceOf(BuildOutcome.Cancelled.class);
      }
      gate.open();
      assertThat(builds.build(BuildRequest.of(drv))).isInstanceOf(BuildOutcome.Built.class);
    }
  }
}
