package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.RESTS;
import static io.github.remotebuild.dispatch.ScriptedRun.START;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.remotebuild.dispatch.HostHealth.Presence;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.Availability;
import java.time.Instant;
import java.util.BitSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MachineBookTest {
  private static final AttemptId FIRST = new AttemptId(1);
  private static final AttemptId SECOND = new AttemptId(2);
  private static final AttemptId THIRD = new AttemptId(3);

  private static MachineBook book(Machine... machines) {
    return new MachineBook(Farm.of(machines), RESTS, new Random(0));
  }

  private static BitSet positions(int... positions) {
    BitSet set = new BitSet();
    for (int position : positions) {
      set.set(position);
    }
    return set;
  }

  private static Availability availability(MachineBook book, int position) {
    return book.snapshot().state(position).availability();
  }

  @Test
  void counts_builds_for_each_entry_and_refuses_one_too_many_or_too_few() {
    MachineBook book = book(machine("h", 1), machine("ssh-ng://h", 2));

    book.take(book.entry(0), FIRST);
    assertThat(book.snapshot().state(0).running()).isEqualTo(1);
    assertThat(book.snapshot().state(1).running()).isZero();
    assertThatIllegalStateException().isThrownBy(() -> book.take(book.entry(0), SECOND));
    book.free(book.entry(0));
    assertThatIllegalStateException().isThrownBy(() -> book.free(book.entry(0)));
    assertThat(book.snapshot()).isEqualTo(book.idle());
  }

  @Test
  void knows_who_is_free_and_who_was_freed_since() {
    MachineBook book = book(machine("a", 1), machine("b", 0));
    assertThat(book.isAnyFree(positions(0))).isTrue();
    assertThat(book.isAnyFree(positions(1))).isFalse();
    book.take(book.entry(0), FIRST);
    assertThat(book.isAnyFree(positions(0, 1))).isFalse();
    book.forgetFreed();

    book.free(book.entry(0));

    assertThat(book.isAnyFreed()).isTrue();
    assertThat(book.isAnyFreed(positions(0))).isTrue();
    assertThat(book.isAnyFreed(positions(1))).isFalse();
    book.take(book.entry(0), SECOND);
    assertThat(book.isAnyFreed()).isFalse();
  }

  @Test
  void entries_of_one_host_rest_together() {
    MachineBook book = book(machine("h", 1), machine("other", 1), machine("ssh-ng://h", 1));
    book.take(book.entry(0), FIRST);

    book.failed(book.entry(0), FIRST, "it broke", START);

    Instant until = START.plusSeconds(10);
    assertThat(availability(book, 0)).isEqualTo(new Availability.Resting(until, "it broke"));
    assertThat(availability(book, 2)).isEqualTo(new Availability.Resting(until, "it broke"));
    assertThat(availability(book, 1)).isEqualTo(Availability.available());
    assertThat(book.presence(positions(0, 2))).isEqualTo(Presence.AWAY);
    assertThat(book.presence(positions(0, 1))).isEqualTo(Presence.THERE);
    assertThat(book.nextChange()).contains(until);
  }

  @Test
  void attempts_begun_before_the_outage_was_noticed_do_not_count_again() {
    MachineBook book = book(machine("a", 3));
    book.take(book.entry(0), FIRST);
    book.take(book.entry(0), SECOND);

    assertThat(book.failed(book.entry(0), FIRST, "it broke", START))
        .contains(START.plusSeconds(10));
    assertThat(book.failed(book.entry(0), SECOND, "it broke", START.plusSeconds(99))).isEmpty();
    book.advance(START.plusSeconds(100));
    book.take(book.entry(0), THIRD);
    assertThat(book.failed(book.entry(0), THIRD, "it broke", START.plusSeconds(100)))
        .contains(START.plusSeconds(120));
  }

  @Test
  void after_its_rest_a_host_is_on_trial_until_it_is_proved() {
    MachineBook book = book(machine("h", 2), machine("ssh-ng://h", 2));
    book.take(book.entry(0), FIRST);
    book.failed(book.entry(0), FIRST, "it broke", START);
    book.free(book.entry(0));
    long changes = book.presenceChanges();

    book.advance(START.plusSeconds(10));
    assertThat(book.presenceChanges()).isNotEqualTo(changes);
    assertThat(book.presence(positions(0))).isEqualTo(Presence.ON_TRIAL);
    assertThat(availability(book, 1)).isEqualTo(Availability.available());
    assertThat(book.nextChange()).isEmpty();
    book.take(book.entry(0), SECOND);
    assertThat(availability(book, 0)).isInstanceOf(Availability.HeldByOthers.class);
    assertThat(availability(book, 1)).isInstanceOf(Availability.HeldByOthers.class);
    book.over(book.entry(0), SECOND);
    assertThat(book.isAnyFree(positions(1))).isTrue();
    book.take(book.entry(1), THIRD);
    book.proved(book.entry(1));
    assertThat(book.presence(positions(0))).isEqualTo(Presence.THERE);
    assertThat(availability(book, 0)).isEqualTo(Availability.available());
  }

  @Test
  void a_refusal_ends_with_time_or_when_one_of_our_slots_is_given_back() {
    MachineBook book = book(machine("a", 3));
    book.take(book.entry(0), FIRST);
    book.take(book.entry(0), SECOND);

    book.refused(book.entry(0), "they have it", START);
    book.free(book.entry(0));
    assertThat(availability(book, 0)).isEqualTo(new Availability.HeldByOthers("they have it"));
    assertThat(book.presence(positions(0))).isEqualTo(Presence.THERE);
    book.advance(START.plus(MachineBook.ASK_AGAIN).minusNanos(1));
    assertThat(book.isAnyFree(positions(0))).isFalse();
    book.advance(START.plus(MachineBook.ASK_AGAIN));
    assertThat(book.isAnyFree(positions(0))).isTrue();

    book.refused(book.entry(0), "they have it", START.plusSeconds(60));
    book.released(book.entry(0));
    assertThat(book.isAnyFree(positions(0))).isTrue();
  }

  @Test
  void a_second_refusal_begins_the_wait_anew() {
    MachineBook book = book(machine("a", 3));
    book.refused(book.entry(0), "once", START);
    book.refused(book.entry(0), "twice", START.plusSeconds(3));

    book.advance(START.plusSeconds(5));
    assertThat(availability(book, 0)).isEqualTo(new Availability.HeldByOthers("twice"));
    book.advance(START.plusSeconds(8));
    assertThat(availability(book, 0)).isEqualTo(Availability.available());
  }

  @Test
  void what_was_tried_is_told_by_host_also_for_an_equal_machine() {
    MachineBook book = book(machine("h", 1), machine("h", 1), machine("other", 1));

    Demand avoiding = book.avoiding(Set.of(book.entry(0).host.number), LINUX);

    assertThat(avoiding.admits(book.entry(0).machine)).isFalse();
    assertThat(avoiding.admits(book.entry(1).machine)).isFalse();
    assertThat(avoiding.admits(book.entry(2).machine)).isTrue();
    assertThat(book.avoiding(Set.of(), LINUX)).isEqualTo(LINUX);
  }
}
