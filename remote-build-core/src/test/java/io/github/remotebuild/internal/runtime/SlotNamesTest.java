package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.lease.SlotRequest;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import org.junit.jupiter.api.Test;

class SlotNamesTest {
  private static MachineBuilder linux() {
    return Machine.at("ssh://h").forSystems("x86_64-linux");
  }

  @Test
  void a_line_is_named_by_its_store_and_its_systems() {
    Machine machine = linux().maxJobs(3).build();

    assertThat(new SlotNames(Farm.of(machine)).of(machine))
        .isEqualTo(new SlotRequest("ssh://h [x86_64-linux]", 3));
  }

  @Test
  void lines_of_one_host_that_differ_in_other_columns_have_their_own_slots() {
    Machine plain = linux().maxJobs(4).build();
    Machine big = linux().maxJobs(1).insistingOn("big").build();

    SlotNames names = new SlotNames(Farm.of(plain, big));

    assertThat(names.of(plain)).isEqualTo(new SlotRequest("ssh://h [x86_64-linux]", 4));
    assertThat(names.of(big)).isEqualTo(new SlotRequest("ssh://h [x86_64-linux] #2", 1));
  }

  @Test
  void lines_that_are_equal_have_their_slots_together() {
    Machine machine = linux().maxJobs(2).build();

    assertThat(new SlotNames(Farm.of(machine, linux().maxJobs(2).build())).of(machine))
        .isEqualTo(new SlotRequest("ssh://h [x86_64-linux]", 4));
  }

  @Test
  void a_line_without_slots_takes_no_name() {
    Machine off = linux().maxJobs(0).build();
    Machine machine = linux().maxJobs(2).build();

    assertThat(new SlotNames(Farm.of(off, machine)).of(machine).machine())
        .isEqualTo("ssh://h [x86_64-linux]");
  }
}
