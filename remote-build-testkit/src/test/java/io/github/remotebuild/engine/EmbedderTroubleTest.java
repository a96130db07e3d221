package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.lease.Lease;
import io.github.remotebuild.lease.SlotAnswer;
import io.github.remotebuild.lease.SlotLeases;
import io.github.remotebuild.lease.SlotRequest;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.SelectionPolicy;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lease stores, policies, listeners and thread factories that misbehave. */
class EmbedderTroubleTest extends FarmFixture {
  private EmbeddedMachine machine;
  private StorePath drv;

  @BeforeEach
  void one_machine_and_one_derivation() {
    start(machine("one", 1));
    machine = farm.machine("one");
    drv = derivation("a");
  }

  /** A lease that counts how often it is given back. */
  private static final class CountedLease implements Lease {
    final AtomicInteger releases = new AtomicInteger();

    @Override
    public String machine() {
      return "one";
    }

    @Override
    public int slot() {
      return 0;
    }

    @Override
    public long token() {
      return 1;
    }

    @Override
    public void release() {
      releases.incrementAndGet();
    }
  }

  @Test
  void a_lease_store_that_throws_is_asked_again_and_the_request_can_be_cancelled()
      throws Exception {
    SlotLeases leases =
        (request, answer) -> {
          throw new IllegalStateException("the database is down");
        };
    List<BuildEvent> events = new CopyOnWriteArrayList<>();
    try (RemoteBuilds builds = builder().limits(LIMITS).leasingFrom(leases).open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv).listening(events::add));
      await(
          "it says why it waits",
          () ->
              events.stream()
                  .anyMatch(
                      event ->
                          event instanceof BuildEvent.Waiting waiting
                              && waiting.reason().contains("the database is down")));
      handle.cancel();
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Cancelled.class);
    }
  }

  @Test
  void a_lease_that_cannot_be_given_back_does_not_hold_up_the_outcome() throws Exception {
    Lease lease =
        new Lease() {
          @Override
          public String machine() {
            return "one";
          }

          @Override
          public int slot() {
            return 0;
          }

          @Override
          public long token() {
            return 1;
          }

          @Override
          public void release() {
            throw new IllegalStateException("the database is down");
          }
        };
    try (RemoteBuilds builds =
        builder().limits(LIMITS).leasingFrom((request, answer) -> answer.granted(lease)).open()) {
      assertThat(outcome(builds.start(BuildRequest.of(drv))))
          .isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void a_lease_store_that_never_answers_holds_up_nobody_for_ever() throws Exception {
    AtomicReference<SlotAnswer> late = new AtomicReference<>();
    CountedLease lease = new CountedLease();
    try (RemoteBuilds builds =
        builder()
            .limits(LIMITS.withLeaseTimeout(Duration.ofMillis(100)))
            .leasingFrom((request, answer) -> late.set(answer))
            .open()) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      await("it is asked", () -> late.get() != null);
      handle.cancel();
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Cancelled.class);
      late.get().granted(lease);
      assertThat(lease.releases).as("a late lease is given back").hasValue(1);
    }
  }

  @Test
  void a_lease_that_comes_after_closing_is_given_back() {
    AtomicReference<SlotAnswer> late = new AtomicReference<>();
    CountedLease lease = new CountedLease();
    try (RemoteBuilds builds =
        builder().limits(LIMITS).leasingFrom((request, answer) -> late.set(answer)).open()) {
      builds.start(BuildRequest.of(drv));
      await("it is asked", () -> late.get() != null);
    }
    late.get().granted(lease);
    assertThat(lease.releases).hasValue(1);
  }

  @Test
  void a_lease_that_is_granted_twice_is_used_once_and_given_back_twice() throws Exception {
    CountedLease first = new CountedLease();
    CountedLease second = new CountedLease();
    SlotLeases leases =
        (SlotRequest request, SlotAnswer answer) -> {
          answer.granted(first);
          answer.granted(second);
          answer.refused("never mind");
        };
    try (RemoteBuilds builds = builder().limits(LIMITS).leasingFrom(leases).open()) {
      assertThat(outcome(builds.start(BuildRequest.of(drv))))
          .isInstanceOf(BuildOutcome.Built.class);
    }
    assertThat(first.releases).hasValue(1);
    assertThat(second.releases).hasValue(1);
    assertThat(machine.buildsAsked()).hasSize(1);
  }

  @Test
  void a_slot_that_is_lost_stops_its_build_which_is_tried_again() throws Exception {
    AtomicReference<Runnable> lose = new AtomicReference<>();
    SlotLeases inner = SlotLeases.inProcess();
    SlotLeases leases =
        (request, answer) ->
            inner.request(
                request,
                new SlotAnswer() {
                  @Override
                  public void granted(Lease lease) {
                    lose.compareAndSet(null, () -> lost(lease, "the other side took it"));
                    answer.granted(lease);
                  }

                  @Override
                  public void refused(String reason) {
                    answer.refused(reason);
                  }

                  @Override
                  public void lost(Lease lease, String reason) {
                    answer.lost(lease, reason);
                    lease.release();
                  }
                });
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch stopped = new CountDownLatch(1);
    building(
        machine,
        "a",
        build -> {
          if (tries.incrementAndGet() == 1) {
            lose.get().run();
            try {
              new CountDownLatch(1).await();
            } finally {
              stopped.countDown();
            }
          }
        });
    try (RemoteBuilds builds = builder().limits(LIMITS).leasingFrom(leases).open()) {
      BuildOutcome outcome = outcome(builds.start(BuildRequest.of(drv)));
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(outcome.results().get(drv).attempts()).hasSize(2);
    }
    assertThat(stopped.getCount()).isZero();
  }

  /** Throws the first so many times, and is then as Nix is. */
  private static final class ThrowingPolicy implements SelectionPolicy {
    private final AtomicInteger left;

    ThrowingPolicy(int times) {
      left = new AtomicInteger(times);
    }

    @Override
    public String name() {
      return "throwing";
    }

    @Override
    public Decision decide(Demand demand, FarmSnapshot snapshot) {
      if (left.getAndDecrement() > 0) {
        throw new IllegalStateException("the policy's defect");
      }
      return SelectionPolicy.nix().decide(demand, snapshot);
    }
  }

  @Test
  void a_policy_that_throws_fails_what_is_there_and_not_what_comes_after() throws Exception {
    try (RemoteBuilds builds = builder().limits(LIMITS).choosingBy(new ThrowingPolicy(1)).open()) {
      BuildOutcome first = outcome(builds.start(BuildRequest.of(drv)));
      assertThat(((BuildOutcome.Failed) first).failure().message()).contains("the policy's defect");
      assertThat(outcome(builds.start(BuildRequest.of(drv))))
          .isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void a_policy_that_throws_fails_what_asked_and_not_what_runs() throws Exception {
    SlotLeases leases = SlotLeases.inProcess();
    AtomicReference<ThrowingPolicy> policy = new AtomicReference<>(new ThrowingPolicy(0));
    SelectionPolicy changing =
        new SelectionPolicy() {
          @Override
          public String name() {
            return "changing";
          }

          @Override
          public Decision decide(Demand demand, FarmSnapshot snapshot) {
            return policy.get().decide(demand, snapshot);
          }
        };
    Gate gate = gate();
    building(machine, "a", build -> gate.pass());
    try (RemoteBuilds builds =
        builder().limits(LIMITS).leasingFrom(leases).choosingBy(changing).open()) {
      BuildHandle running = builds.start(BuildRequest.of(drv));
      awaitReached(gate);
      policy.set(new ThrowingPolicy(1));
      BuildHandle waiting = builds.start(BuildRequest.of(derivation("b")));
      assertThat(outcome(waiting)).isInstanceOf(BuildOutcome.Failed.class);
      gate.open();
      assertThat(outcome(running)).isInstanceOf(BuildOutcome.Built.class);
      BuildOutcome after = outcome(builds.start(BuildRequest.of(derivation("c"))));
      assertThat(after).isInstanceOf(BuildOutcome.Built.class);
    }
    assertThat(machine.mostBuildsAtOnce()).as("never more than it has slots").isEqualTo(1);
  }

  @Test
  void a_listener_that_never_returns_slows_no_build() throws Exception {
    Gate gate = gate();
    try (RemoteBuilds builds =
        builder().limits(LIMITS).listening(event -> gate.passStubbornly()).open()) {
      BuildHandle handle =
          builds.start(BuildRequest.of(drv).listening(event -> gate.passStubbornly()));
      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
    }
    gate.open();
  }

  @Test
  void a_listener_may_wait_for_its_own_request() throws Exception {
    AtomicReference<BuildOutcome> seen = new AtomicReference<>();
    CountDownLatch isSeen = new CountDownLatch(1);
    AtomicReference<BuildHandle> self = new AtomicReference<>();
    CountDownLatch isSet = new CountDownLatch(1);
    try (RemoteBuilds builds = open()) {
      self.set(
          builds.start(
              BuildRequest.of(drv)
                  .listening(
                      event -> {
                        try {
                          isSet.await();
                          seen.set(self.get().await());
                          self.get().cancel();
                          self.get().close();
                          isSeen.countDown();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                      })));
      isSet.countDown();
      isSeen.await();
      assertThat(seen.get()).isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void a_thread_factory_that_makes_none_is_told_to_the_caller() {
    AtomicInteger left = new AtomicInteger(1);
    RemoteBuilds builds =
        farm.remoteBuilds()
            .limits(LIMITS)
            .threads(task -> left.getAndDecrement() > 0 ? threads.newThread(task) : null)
            .open();
    assertThatThrownBy(() -> builds.start(BuildRequest.of(drv)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thread factory");
    builds.close();
  }

  @Test
  void a_thread_factory_that_has_no_more_threads_fails_attempts_and_not_the_loop()
      throws Exception {
    AtomicReference<Boolean> isEmpty = new AtomicReference<>(false);
    try (RemoteBuilds builds =
        farm.remoteBuilds()
            .limits(LIMITS)
            .leasingFrom(
                (request, answer) -> {
                  isEmpty.set(true);
                  answer.granted(new CountedLease());
                })
            .threads(
                task -> {
                  if (isEmpty.get()) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                  return threads.newThread(task);
                })
            .open()) {
      BuildOutcome outcome = outcome(builds.start(BuildRequest.of(drv)));
      assertThat(((BuildOutcome.Failed) outcome).failure().message())
          .contains("unable to create native thread");
    }
  }
}
