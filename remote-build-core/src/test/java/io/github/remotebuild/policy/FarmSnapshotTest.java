package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FarmSnapshotTest {
  private static final Demand LINUX = Demand.forSystem("x86_64-linux");

  private static Machine machine(String name) {
    return Machine.at(name).forSystems("x86_64-linux").maxJobs(2).build();
  }

  private static FarmSnapshot large() {
    return FarmSnapshot.of(
        Farm.of(IntStream.range(0, 300).mapToObj(i -> machine("m" + i)).toList()));
  }

  @Test
  void an_edit_changes_one_state_and_leaves_the_original_alone() {
    FarmSnapshot before = large();
    for (int position : List.of(0, 127, 128, 255, 256, 299)) {
      FarmSnapshot after = before.with(position, MachineState.running(2));

      assertThat(after.state(position)).isEqualTo(MachineState.running(2));
      assertThat(before.state(position)).isEqualTo(MachineState.idle());
      assertThat(after.with(position, MachineState.idle())).isEqualTo(before);
      assertThat(after.states().stream().filter(state -> state.running() == 0)).hasSize(299);
    }
  }

  @Test
  void the_choice_sees_every_edit() {
    FarmSnapshot snapshot = large();
    for (int i = 0; i < 299; i++) {
      snapshot = snapshot.with(i, MachineState.running(1));
    }

    Decision decision = SelectionPolicy.nix().decide(LINUX, snapshot);

    assertThat(((Decision.Accept) decision).position()).isEqualTo(299);
  }

  @Test
  void there_are_as_many_states_as_machines() {
    assertThatThrownBy(() -> FarmSnapshot.of(Farm.of(machine("a")), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 states for 1 machines");
  }

  @Test
  void a_position_outside_the_farm_is_refused() {
    FarmSnapshot snapshot = FarmSnapshot.of(Farm.of(machine("a")));

    assertThatThrownBy(() -> snapshot.state(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> snapshot.state(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> snapshot.with(1, MachineState.idle()))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void an_edited_machine_keeps_its_state() {
    FarmSnapshot snapshot = FarmSnapshot.of(Farm.of(machine("a"))).with(0, MachineState.running(2));

    FarmSnapshot edited = snapshot.withMachine(0, machine("a").withMaxJobs(3));

    assertThat(edited.state(0)).isEqualTo(MachineState.running(2));
    assertThat(SelectionPolicy.nix().decide(LINUX, snapshot)).isInstanceOf(Decision.Postpone.class);
    assertThat(SelectionPolicy.nix().decide(LINUX, edited)).isInstanceOf(Decision.Accept.class);
  }

  @Test
  void an_added_machine_is_idle_and_last() {
    FarmSnapshot grown =
        FarmSnapshot.of(Farm.of(machine("a")))
            .with(0, MachineState.running(1))
            .withMachine(machine("b"));

    assertThat(grown.farm().machines()).extracting(Machine::name).containsExactly("a", "b");
    assertThat(grown.states()).containsExactly(MachineState.running(1), MachineState.idle());
    assertThat(grown).hasToString("[a 1/2, b 0/2]");
  }

  @Test
  void a_decision_to_accept_is_refused_for_a_machine_that_cannot() {
    FarmSnapshot full = FarmSnapshot.of(Farm.of(machine("a"))).with(0, MachineState.running(2));
    Selection selection = Selection.of(SelectionPolicy.nix(), LINUX.requiring("kvm"), full);

    assertThatThrownBy(() -> new Decision.Accept(selection, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a cannot take x86_64-linux with feature kvm: lacks feature kvm");
    assertThat(selection.rejections(0))
        .containsExactly(
            new Rejection.MissingFeatures(io.github.remotebuild.model.Features.of("kvm")),
            new Rejection.NoFreeSlot(2, 2));
  }
}
