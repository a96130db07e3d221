package io.github.remotebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.fake.FakeMachine;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.SelectionPolicy;
import org.junit.jupiter.api.Test;

class RemoteBuildsBuilderTest extends FarmFixture {
  @Test
  void an_option_that_is_set_twice_is_refused_with_both_values() {
    RemoteBuildsBuilder once =
        RemoteBuilds.on(Farm.empty()).choosingBy(SelectionPolicy.nix()).withoutSubstitution();
    assertThatThrownBy(() -> once.choosingBy(SelectionPolicy.hydra()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("choosingBy is set twice");
    assertThatThrownBy(once::withoutSubstitution).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_builder_is_not_changed_by_what_is_made_of_it() {
    RemoteBuildsBuilder base = RemoteBuilds.on(Farm.empty());
    base.choosingBy(SelectionPolicy.nix());
    base.choosingBy(SelectionPolicy.hydra());
  }

  @Test
  void a_farm_that_needs_ssh_says_which_call_is_missing() throws Exception {
    FakeMachine unused = farm.machine("one", 1);
    StorePath drv = farm.derivation("a");
    try (RemoteBuilds builds =
        RemoteBuilds.on(farm.farm()).hub(farm.hubStore()).threads(threads).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      assertThat(((BuildOutcome.Failed) outcome).failure().message())
          .contains("connectingWith(...)");
      assertThat(((BuildOutcome.Failed) outcome).failure().cause())
          .isEqualTo(FailureCause.UNSUPPORTED);
    }
    assertThat(unused.logins()).isZero();
  }

  @Test
  void a_farm_without_machines_declines() throws Exception {
    StorePath drv = farm.derivation("a");
    try (RemoteBuilds builds = open()) {
      assertThat(builds.build(BuildRequest.of(drv))).isInstanceOf(BuildOutcome.Declined.class);
    }
  }
}
