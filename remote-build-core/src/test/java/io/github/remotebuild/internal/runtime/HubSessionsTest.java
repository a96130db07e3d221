package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.fake.CountingThreads;
import io.github.remotebuild.fake.Gate;
import io.github.remotebuild.fake.Hook;
import io.github.remotebuild.fake.StubStore;
import io.github.remotebuild.fake.StubTransport;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HubSessionsTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final CountingThreads threads = new CountingThreads();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
  private final StubStore hub = new StubStore();
  private long now;
  private final HubSessions sessions =
      new HubSessions(
          hub,
          new ConnectOptions(
              Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 1, threads),
          SessionSettings.defaults().withCloseGrace(Duration.ofMillis(500)),
          2,
          new HubSessions.Patience(Duration.ofMillis(300), SHORT),
          new Watchdog(Watchdog.Timer.on(timer), System::nanoTime),
          () -> now);

  @AfterEach
  void nothing_is_left_open() throws Exception {
    sessions.close();
    timer.shutdownNow();
    assertThat(threads.leftAfter(Duration.ofSeconds(10))).isEmpty();
    assertThat(hub.openSessions()).isZero();
  }

  private static void ask(HubSessions.Loan loan) {
    loan.session().queryValidPaths(List.of(), Set.of());
  }

  @Test
  void a_session_is_used_again() throws Exception {
    StoreSession first;
    try (HubSessions.Loan loan = sessions.borrow(Phase.QUERY)) {
      ask(loan);
      first = loan.session();
    }
    try (HubSessions.Loan loan = sessions.borrow(Phase.QUERY)) {
      assertThat(loan.session()).isSameAs(first);
    }
    assertThat(hub.opened()).isEqualTo(1);
  }

  @Test
  void there_are_never_more_than_the_bound_and_waiting_has_an_end() throws Exception {
    try (HubSessions.Loan one = sessions.borrow(Phase.QUERY);
        HubSessions.Loan two = sessions.borrow(Phase.QUERY)) {
      assertThat(one.session()).isNotSameAs(two.session());
      assertThatThrownBy(() -> sessions.borrow(Phase.QUERY))
          .isInstanceOf(FailedException.class)
          .hasMessage("Could not get at the hub: all transfers were busy for 50 ms");
    }
    sessions.borrow(Phase.QUERY).close();
  }

  @Test
  void a_permit_is_not_lost_when_the_hub_cannot_be_opened() throws Exception {
    hub.atOpening(StubTransport.failing(TransportProblem.UNREACHABLE));
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> sessions.borrow(Phase.QUERY))
          .isInstanceOf(FailedException.class)
          .hasMessageStartingWith("Could not open the hub");
    }
    hub.atOpening(Hook.nothing());
    sessions.borrow(Phase.QUERY).close();
  }

  @Test
  void a_session_that_broke_is_not_lent_again_and_takes_its_idle_fellows_with_it()
      throws Exception {
    try (HubSessions.Loan one = sessions.borrow(Phase.QUERY);
        HubSessions.Loan two = sessions.borrow(Phase.QUERY)) {
      ask(one);
      ask(two);
    }
    hub.killSessions();
    try (HubSessions.Loan broken = sessions.borrow(Phase.QUERY)) {
      assertThatThrownBy(() -> ask(broken)).isInstanceOf(StoreException.class);
    }
    try (HubSessions.Loan fresh = sessions.borrow(Phase.QUERY)) {
      ask(fresh);
    }
    assertThat(hub.opened()).isEqualTo(3);
  }

  @Test
  void a_session_is_retired_after_many_loans() throws Exception {
    for (int i = 0; i < HubSessions.LOAN_LIMIT + 1; i++) {
      sessions.borrow(Phase.QUERY).close();
    }
    assertThat(hub.opened()).isEqualTo(2);
  }

  @Test
  void a_hub_that_does_not_greet_is_given_up_and_the_thread_is_not_left_interrupted() {
    hub.atOpening(new Gate());
    assertThatThrownBy(() -> sessions.borrow(Phase.QUERY))
        .isInstanceOf(FailedException.class)
        .hasMessageContaining("no answer for 300 ms");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void what_is_idle_for_too_long_is_ended() throws Exception {
    sessions.borrow(Phase.QUERY).close();
    now += Duration.ofMinutes(4).toNanos();
    sessions.closeIdleFor(Duration.ofMinutes(5));
    sessions.borrow(Phase.QUERY).close();
    assertThat(hub.opened()).isEqualTo(1);
    now += Duration.ofMinutes(6).toNanos();
    sessions.closeIdleFor(Duration.ofMinutes(5));
    sessions.borrow(Phase.QUERY).close();
    assertThat(hub.opened()).isEqualTo(2);
  }

  @Test
  void closing_ends_what_is_lent_and_lends_nothing_more() throws Exception {
    Gate gate = new Gate();
    hub.atQuestion(gate);
    HubSessions.Loan loan = sessions.borrow(Phase.QUERY);
    FutureTask<Boolean> asking =
        new FutureTask<>(
            () -> {
              ask(loan);
              return true;
            });
    threads.newThread(asking).start();
    gate.awaitReached();
    sessions.close();
    assertThatThrownBy(() -> asking.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StoreException.class);
    loan.close();
    assertThatThrownBy(() -> sessions.borrow(Phase.QUERY)).isInstanceOf(FailedException.class);
    assertThat(hub.opened()).isEqualTo(1);
  }
}
