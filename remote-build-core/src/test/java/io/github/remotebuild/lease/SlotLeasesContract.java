package io.github.remotebuild.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every lease store must do. */
abstract class SlotLeasesContract {
  private static final long PATIENCE_SECONDS = 30;

  /** A lease store of which no slot is held. */
  abstract SlotLeases open();

  /** How many times each of many threads asks; fewer where asking is dear. */
  int rounds() {
    return 2_000;
  }

  /** What became of one request. */
  record Answer(Optional<Lease> lease, Optional<String> refusal, Queue<String> losses) {}

  /** Asks and waits for the answer. */
  static Answer ask(SlotLeases leases, SlotRequest request) {
    BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(2);
    Queue<String> losses = new ConcurrentLinkedQueue<>();
    leases.request(
        request,
        new SlotAnswer() {
          @Override
          public void granted(Lease lease) {
            answers.add(new Answer(Optional.of(lease), Optional.empty(), losses));
          }

          @Override
          public void refused(String reason) {
            answers.add(new Answer(Optional.empty(), Optional.of(reason), losses));
          }

          @Override
          public void lost(Lease lease, String reason) {
            losses.add(reason);
          }
        });
    try {
      Answer answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(answer).as("the answer").isNotNull();
      assertThat(answers).as("further answers").isEmpty();
      return answer;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Lease granted(SlotLeases leases, SlotRequest request) {
    return ask(leases, request).lease().orElseThrow();
  }

  @Test
  void a_lease_names_the_entry_and_one_of_its_slots() {
    Lease lease = granted(open(), new SlotRequest("a", 3));

    assertThat(lease.machine()).isEqualTo("a");
    assertThat(lease.slot()).isBetween(0, 2);
  }

  @Test
  void every_slot_is_handed_out_once_and_then_no_more() {
    SlotLeases leases = open();
    SlotRequest request = new SlotRequest("a", 3);
    TreeSet<Integer> slots = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      slots.add(granted(leases, request).slot());
    }

    assertThat(slots).containsExactly(0, 1, 2);
    assertThat(ask(leases, request).refusal().orElseThrow()).isNotBlank();
  }

  @Test
  void entries_do_not_share_slots() {
    SlotLeases leases = open();
    granted(leases, new SlotRequest("a", 1));

    assertThat(ask(leases, new SlotRequest("b", 1)).lease()).isPresent();
  }

  @Test
  void a_released_slot_is_to_be_had_again() {
    SlotLeases leases = open();
    SlotRequest request = new SlotRequest("a", 1);
    granted(leases, request).release();

    assertThat(ask(leases, request).lease()).isPresent();
  }

  @Test
  void releasing_twice_does_not_free_the_next_holders_slot() {
    SlotLeases leases = open();
    SlotRequest request = new SlotRequest("a", 1);
    Lease first = granted(leases, request);
    first.release();
    Lease second = granted(leases, request);

    first.release();

    assertThat(ask(leases, request).lease()).isEmpty();
    second.release();
    assertThat(ask(leases, request).lease()).isPresent();
  }

  @Test
  void a_slot_that_is_held_or_given_back_is_not_lost() {
    SlotLeases leases = open();
    SlotRequest request = new SlotRequest("a", 2);
    Answer kept = ask(leases, request);
    Answer givenBack = ask(leases, request);

    givenBack.lease().orElseThrow().release();

    granted(leases, request);
    assertThat(kept.losses()).isEmpty();
    assertThat(givenBack.losses()).isEmpty();
  }

  @Test
  void tokens_ascend_across_entries_and_after_releases() {
    SlotLeases leases = open();
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Lease lease = granted(leases, new SlotRequest("m" + i % 3, 10));
      tokens.add(lease.token());
      if (i % 2 == 0) {
        lease.release();
      }
    }

    assertThat(tokens).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void an_entry_that_has_shrunk_gets_nothing_until_enough_is_released() {
    SlotLeases leases = open();
    SlotRequest wide = new SlotRequest("a", 4);
    List<Lease> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(granted(leases, wide));
    }
    SlotRequest narrow = new SlotRequest("a", 2);
    held.get(0).release();
    held.get(1).release();
    assertThat(ask(leases, narrow).lease()).isEmpty();

    held.get(2).release();

    assertThat(granted(leases, narrow).slot()).isBetween(0, 1);
    assertThat(ask(leases, narrow).lease()).isEmpty();
  }

  @Test
  void many_threads_never_hold_more_slots_than_there_are_nor_one_slot_twice() throws Exception {
    int threads = 8;
    int maxJobs = 3;
    SlotLeases leases = open();
    SlotRequest request = new SlotRequest("a", maxJobs);
    AtomicInteger[] holders = new AtomicInteger[maxJobs];
    for (int slot = 0; slot < maxJobs; slot++) {
      holders[slot] = new AtomicInteger();
    }
    AtomicInteger held = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        done.add(
            executor.submit(
                () -> {
                  start.await();
                  int grants = 0;
                  for (int round = 0; round < rounds(); round++) {
                    Optional<Lease> lease = ask(leases, request).lease();
                    if (lease.isPresent()) {
                      grants++;
                      AtomicInteger holdersOfSlot = holders[lease.get().slot()];
                      assertThat(held.incrementAndGet()).isLessThanOrEqualTo(maxJobs);
                      assertThat(holdersOfSlot.incrementAndGet()).isEqualTo(1);
                      Thread.yield();
                      holdersOfSlot.decrementAndGet();
                      held.decrementAndGet();
                      lease.get().release();
                      lease.get().release();
                    }
                  }
                  return grants;
                }));
      }
      int grants = 0;
      for (Future<Integer> each : done) {
        grants += each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(grants).isPositive();
    } finally {
      executor.shutdownNow();
    }
    assertThat(ask(leases, request).lease()).as("nothing is held in the end").isPresent();
  }
}
