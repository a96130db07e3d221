package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuiltInPoliciesTest {
  private static final Demand LINUX = Demand.forSystem("x86_64-linux");

  private static Machine machine(String name, int maxJobs, double speed) {
    return Machine.at(name).forSystems("x86_64-linux").maxJobs(maxJobs).speedFactor(speed).build();
  }

  private static FarmSnapshot busy(FarmSnapshot snapshot, int... loads) {
    FarmSnapshot result = snapshot;
    for (int i = 0; i < loads.length; i++) {
      result = result.with(i, MachineState.running(loads[i]));
    }
    return result;
  }

  private static String choice(SelectionPolicy policy, FarmSnapshot snapshot) {
    return ((Decision.Accept) policy.decide(LINUX, snapshot)).machine().name();
  }

  private static List<String> placements(SelectionPolicy policy, int count, Machine... machines) {
    return policy
        .plan(Collections.nCopies(count, LINUX), FarmSnapshot.of(Farm.of(machines)))
        .steps()
        .stream()
        .map(step -> ((Decision.Accept) step.decision()).machine().name())
        .toList();
  }

  @Test
  void with_speeds_2_and_1_nix_alternates() {
    assertThat(placements(SelectionPolicy.nix(), 3, machine("slow", 9, 1), machine("fast", 9, 2)))
        .containsExactly("fast", "slow", "fast");
  }

  @Test
  void with_speeds_2_and_1_classic_fills_the_fast_one_first() {
    assertThat(
            placements(SelectionPolicy.classic(), 3, machine("slow", 9, 1), machine("fast", 9, 2)))
        .containsExactly("fast", "fast", "slow");
  }

  @Test
  void with_speeds_2_and_1_hydra_rounds_a_half_up_and_so_alternates() {
    assertThat(placements(SelectionPolicy.hydra(), 3, machine("slow", 9, 1), machine("fast", 9, 2)))
        .containsExactly("fast", "slow", "fast");
  }

  @Test
  void at_exactly_one_half_only_classic_takes_the_busy_fast_one_over_the_idle_slow_one() {
    FarmSnapshot half =
        busy(FarmSnapshot.of(Farm.of(machine("fast", 9, 2), machine("slow", 9, 1))), 1, 0);

    assertThat(choice(SelectionPolicy.nix(), half)).isEqualTo("slow");
    assertThat(choice(SelectionPolicy.classic(), half)).isEqualTo("fast");
    assertThat(choice(SelectionPolicy.hydra(), half)).isEqualTo("slow");
  }

  @Test
  void at_exactly_one_half_hydra_sees_one_where_nix_sees_less() {
    FarmSnapshot halfAgainstOne =
        busy(FarmSnapshot.of(Farm.of(machine("slow", 9, 1), machine("fast", 9, 2))), 1, 1);
    FarmSnapshot halfAgainstOneFaster =
        busy(FarmSnapshot.of(Farm.of(machine("slow", 9, 2), machine("fast", 9, 4))), 1, 4);

    assertThat(choice(SelectionPolicy.nix(), halfAgainstOne)).isEqualTo("fast");
    assertThat(choice(SelectionPolicy.nix(), halfAgainstOneFaster)).isEqualTo("slow");
    assertThat(choice(SelectionPolicy.classic(), halfAgainstOneFaster)).isEqualTo("slow");
    assertThat(choice(SelectionPolicy.hydra(), halfAgainstOneFaster)).isEqualTo("fast");
  }

  @Test
  void the_last_tie_break_is_less_load_in_classic_and_more_load_in_hydra() {
    FarmSnapshot oneAndTwo =
        busy(FarmSnapshot.of(Farm.of(machine("more", 9, 4), machine("less", 9, 4))), 5, 4);

    assertThat(choice(SelectionPolicy.classic(), oneAndTwo)).isEqualTo("less");
    assertThat(choice(SelectionPolicy.hydra(), oneAndTwo)).isEqualTo("more");
    assertThat(choice(SelectionPolicy.nix(), oneAndTwo)).isEqualTo("less");
  }

  @Test
  void classic_cuts_the_speed_factor_to_a_whole_number() {
    FarmSnapshot idle =
        FarmSnapshot.of(Farm.of(machine("two", 9, 2), machine("two-and-a-bit", 9, 2.9)));

    assertThat(choice(SelectionPolicy.classic(), idle)).isEqualTo("two");
    assertThat(choice(SelectionPolicy.nix(), idle)).isEqualTo("two-and-a-bit");
  }

  @Test
  void classic_takes_a_speed_factor_below_1_for_1() {
    FarmSnapshot one =
        busy(FarmSnapshot.of(Farm.of(machine("half", 9, 0.5), machine("one", 9, 1))), 1, 1);

    assertThat(choice(SelectionPolicy.classic(), one)).isEqualTo("half");
    assertThat(choice(SelectionPolicy.nix(), one)).isEqualTo("one");
  }

  @Test
  void among_equals_the_first_in_the_farm_is_chosen() {
    FarmSnapshot equal = FarmSnapshot.of(Farm.of(machine("b", 1, 1), machine("a", 1, 1)));

    assertThat(choice(SelectionPolicy.nix(), equal)).isEqualTo("b");
    assertThat(choice(SelectionPolicy.classic(), equal)).isEqualTo("b");
    assertThat(choice(SelectionPolicy.hydra(), equal)).isEqualTo("b");
  }

  @Test
  void only_hydra_counts_local_preference_as_asking_for_local() {
    Machine local = Machine.at("here").forSystems("x86_64-linux").insistingOn("local").build();
    FarmSnapshot snapshot = FarmSnapshot.of(Farm.of(local));
    Demand preferring = LINUX.preferringLocal();

    assertThat(SelectionPolicy.hydra().decide(preferring, snapshot))
        .isInstanceOf(Decision.Accept.class);
    assertThat(SelectionPolicy.hydra().decide(LINUX, snapshot))
        .isInstanceOf(Decision.Decline.class);
    assertThat(SelectionPolicy.nix().decide(preferring, snapshot))
        .isInstanceOf(Decision.Decline.class);
    assertThat(SelectionPolicy.classic().decide(preferring, snapshot))
        .isInstanceOf(Decision.Decline.class);
  }

  @Test
  void a_ranking_of_ones_own_takes_the_least_and_then_the_first() {
    FarmSnapshot snapshot =
        FarmSnapshot.of(Farm.of(machine("a", 2, 1), machine("b", 4, 1), machine("c", 4, 1)));
    SelectionPolicy roomiest =
        SelectionPolicy.ranking("roomiest", (a, b) -> b.freeSlots() - a.freeSlots());

    assertThat(choice(roomiest, snapshot)).isEqualTo("b");
    assertThat(roomiest.decide(LINUX, FarmSnapshot.of(Farm.empty())))
        .isInstanceOf(Decision.Decline.class);
  }

  @Test
  void a_mandatory_feature_counts_as_supported() {
    Machine kvm = Machine.at("kvm").forSystems("x86_64-linux").insistingOn("kvm").build();

    assertThat(SelectionPolicy.nix().decide(LINUX.requiring("kvm"), FarmSnapshot.of(Farm.of(kvm))))
        .isInstanceOf(Decision.Accept.class);
  }

  @Test
  void builtin_runs_on_every_machine() {
    Machine mac = Machine.at("mac").forSystems("aarch64-darwin").build();

    assertThat(
            SelectionPolicy.nix()
                .decide(Demand.forSystem("builtin"), FarmSnapshot.of(Farm.of(mac))))
        .isInstanceOf(Decision.Accept.class);
  }
}
