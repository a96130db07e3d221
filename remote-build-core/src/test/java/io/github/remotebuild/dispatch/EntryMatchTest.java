package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryMatchTest {
  private static List<MachineEntry> entries(Machine... machines) {
    return Arrays.stream(machines)
        .map(machine -> new MachineEntry(machine, new HostHealth(machine.storeKey(), 1)))
        .toList();
  }

  /** For each line the position of its entry among those known, or -1. */
  private static List<Integer> match(List<MachineEntry> known, Machine... lines) {
    return EntryMatch.find(known, Farm.of(lines)).stream().map(known::indexOf).toList();
  }

  @Test
  void equal_lines_are_the_same_entry_wherever_they_stand() {
    List<MachineEntry> known = entries(machine("a", 1), machine("b", 1), machine("c", 1));

    assertThat(match(known, machine("c", 1), machine("new", 1), machine("a", 1)))
        .containsExactly(2, -1, 0);
  }

  @Test
  void lines_that_are_there_twice_are_two_entries() {
    List<MachineEntry> known = entries(machine("a", 1), machine("a", 1));

    assertThat(match(known, machine("a", 1))).containsExactly(0);
    assertThat(match(known, machine("a", 1), machine("a", 1), machine("a", 1)))
        .containsExactly(0, 1, -1);
  }

  @Test
  void other_columns_of_the_same_uri_and_systems_are_the_same_entry_changed() {
    List<MachineEntry> known = entries(machine("a", 1), machine("b", 1));

    assertThat(match(known, machine("b", 7), linux("a").supporting("kvm").build()))
        .containsExactly(1, 0);
  }

  @Test
  void an_equal_line_goes_before_a_changed_one_that_stands_earlier() {
    List<MachineEntry> known = entries(machine("a", 1), machine("a", 2));

    assertThat(match(known, machine("a", 3), machine("a", 1))).containsExactly(1, 0);
  }

  @Test
  void the_same_systems_go_before_the_same_store() {
    List<MachineEntry> known =
        entries(linux("a").build(), Machine.at("a").forSystems("aarch64-linux").build());

    assertThat(
            match(
                known,
                Machine.at("a").forSystems("riscv64-linux").build(),
                Machine.at("a").forSystems("aarch64-linux").maxJobs(9).build()))
        .containsExactly(0, 1);
  }

  @Test
  void another_user_port_or_store_is_another_machine() {
    List<MachineEntry> known = entries(machine("a", 1));

    assertThat(match(known, machine("me@a", 1), machine("a:2222", 1))).containsExactly(-1, -1);
    assertThat(match(known, machine("ssh://a?remote-store=/other", 1))).containsExactly(-1);
    assertThat(match(known, machine("ssh-ng://a?compress=true", 1))).containsExactly(0);
  }
}
