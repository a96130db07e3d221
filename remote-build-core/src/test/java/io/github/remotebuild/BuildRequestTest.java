package io.github.remotebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.dispatch.Standing;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.LocalPreference;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildRequestTest {
  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");
  private static final BuildRequest REQUEST = BuildRequest.of(DRV);

  @Test
  void asks_for_all_outputs_unless_some_are_named() {
    assertThat(REQUEST).hasToString(DRV + "^*");
    assertThat(REQUEST.outputs("dev", "out")).hasToString(DRV + "^dev,out");
    assertThat(REQUEST.outputs("dev").outputs("out")).hasToString(DRV + "^out");
  }

  @Test
  void names_at_least_one_derivation_and_output() {
    assertThatThrownBy(() -> BuildRequest.of(List.<DerivedPath.Built>of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one");
    assertThatThrownBy(() -> REQUEST.outputs()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> BuildRequest.of(StorePath.parse("/nix/store/00000000000000000000000000000000-a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("derivation");
  }

  @Test
  void a_change_is_made_to_a_copy() {
    BuildRequest changed =
        REQUEST.keepGoing().timeout(Duration.ofHours(1)).attemptLimit(2).requiring("kvm");
    assertThat(changed.rules().onFailure()).isEqualTo(OnFailure.KEEP_GOING);
    assertThat(changed.options().timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(changed.rules().attemptLimit()).isEqualTo(2);
    assertThat(REQUEST).isEqualTo(BuildRequest.of(DRV)).hasSameHashCodeAs(BuildRequest.of(DRV));
    assertThat(REQUEST).isNotEqualTo(changed);
  }

  @Test
  void says_what_the_local_machine_is_to_derivations_that_prefer_it_and_to_others() {
    assertThat(REQUEST.locality(LocalPreference.NONE)).isEmpty();
    assertThat(REQUEST.locality(LocalPreference.PREFERS_LOCAL)).isEmpty();

    BuildRequest never = REQUEST.placing(Locality.NEVER_LOCAL);
    assertThat(never.locality(LocalPreference.NONE)).contains(Locality.NEVER_LOCAL);
    assertThat(never.locality(LocalPreference.PREFERS_LOCAL)).contains(Locality.NEVER_LOCAL);

    BuildRequest asNix = never.placing(Locality.REMOTE_WHEN_FREE, Locality.LOCAL_FIRST);
    assertThat(asNix.locality(LocalPreference.NONE)).contains(Locality.REMOTE_WHEN_FREE);
    assertThat(asNix.locality(LocalPreference.PREFERS_LOCAL)).contains(Locality.LOCAL_FIRST);
    assertThat(asNix).isNotEqualTo(never).isNotEqualTo(REQUEST);
  }

  @Test
  void uses_and_refuses_machines_by_name() {
    assertThat(REQUEST.usingOnly("a", "b").refusing("b").machineRules())
        .containsExactly(MachineRule.only(List.of("b", "a")), MachineRule.except(List.of("b")));
  }

  @Test
  void patience_has_no_end_that_a_clock_cannot_reach() {
    assertThat(REQUEST.patience(ChronoUnit.FOREVER.getDuration()).rules().patience())
        .isEqualTo(Duration.ofDays(36_500));
    assertThatThrownBy(() -> REQUEST.patience(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bounds_out_of_range_are_refused_at_once() {
    assertThatThrownBy(() -> REQUEST.timeout(ChronoUnit.FOREVER.getDuration()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout");
    assertThatThrownBy(() -> REQUEST.maxSilentTime(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> REQUEST.maxLogSizeBytes(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> REQUEST.attemptLimit(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void is_made_in_nobodys_name_and_of_ordinary_priority_unless_it_says_otherwise() {
    assertThat(REQUEST.standing()).isEqualTo(new Standing("", 0));
    assertThat(REQUEST.caller("ci").priority(-5).keepGoing().standing())
        .isEqualTo(new Standing("ci", -5));
    assertThat(REQUEST.caller("ci")).isNotEqualTo(REQUEST);
    assertThatThrownBy(() -> REQUEST.priority(101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from -100 to 100: 101");
  }

  @Test
  void the_listener_is_silent_unless_one_is_set() {
    assertThat(REQUEST.listener()).isSameAs(BuildListener.silent());
    BuildListener loud = event -> {};
    assertThat(REQUEST.listening(loud).listener()).isSameAs(loud);
  }
}
