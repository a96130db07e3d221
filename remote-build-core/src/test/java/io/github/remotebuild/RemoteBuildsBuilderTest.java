package io.github.remotebuild;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.policy.SelectionPolicy;
import org.junit.jupiter.api.Test;

class RemoteBuildsBuilderTest {
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
}
