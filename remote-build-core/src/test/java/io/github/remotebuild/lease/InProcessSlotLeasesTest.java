package io.github.remotebuild.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class InProcessSlotLeasesTest extends SlotLeasesContract {
  @Override
  SlotLeases open() {
    return SlotLeases.inProcess();
  }

  @Test
  void a_refusal_says_how_many_slots_are_held_and_by_whom() {
    SlotLeases leases = open();
    granted(leases, new SlotRequest("a", 2));
    granted(leases, new SlotRequest("a", 2));

    assertThat(ask(leases, new SlotRequest("a", 2)).refusal())
        .contains("all 2 slots are held in this process");
  }

  @Test
  void the_lowest_free_slot_is_handed_out() {
    SlotLeases leases = open();
    SlotRequest request = new SlotRequest("a", 3);
    granted(leases, request);
    Lease second = granted(leases, request);
    granted(leases, request);
    second.release();

    assertThat(granted(leases, request).slot()).isEqualTo(1);
  }

  @Test
  void a_lease_prints_its_slot_entry_and_token() {
    assertThat(granted(open(), new SlotRequest("a", 3))).hasToString("slot 0 of a (token 1)");
  }

  @Test
  void two_stores_know_nothing_of_each_other() {
    granted(open(), new SlotRequest("a", 1));

    assertThat(ask(open(), new SlotRequest("a", 1)).lease()).isPresent();
  }

  @Test
  void an_entry_without_slots_cannot_be_asked_for() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SlotRequest("a", 0));
  }
}
