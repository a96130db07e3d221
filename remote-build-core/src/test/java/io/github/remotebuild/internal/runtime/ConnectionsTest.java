package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.fake.CountingThreads;
import io.github.remotebuild.fake.Gate;
import io.github.remotebuild.fake.Hook;
import io.github.remotebuild.fake.StubTransport;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ConnectionsTest {
  private final CountingThreads threads = new CountingThreads();
  private final StubTransport machine = new StubTransport();
  private long now;
  private final Connections connections =
      new Connections(
          machine,
          StubTransport.endpoint("m"),
          new ConnectOptions(
              Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 1, threads),
          () -> now);

  @AfterEach
  void nothing_is_left_open() throws Exception {
    connections.close();
    assertThat(machine.openConnections()).isZero();
    assertThat(threads.leftAfter(Duration.ofSeconds(10))).isEmpty();
  }

  private <T> FutureTask<T> inBackground(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    threads.newThread(future).start();
    return future;
  }

  private static <T> T get(FutureTask<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static void awaitWaiting(CountingThreads threads, int count) {
    while (threads.waiting() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void one_that_was_given_back_is_borrowed_again() throws Exception {
    Connections.Loan first = connections.borrow();
    connections.giveBack(first.connection());
    Connections.Loan second = connections.borrow();
    assertThat(first.isReused()).isFalse();
    assertThat(second.isReused()).isTrue();
    assertThat(second.connection()).isSameAs(first.connection());
    assertThat(machine.logins()).isEqualTo(1);
  }

  @Test
  void one_that_is_on_loan_is_not_lent_again() throws Exception {
    assertThat(connections.borrow().connection()).isNotSameAs(connections.borrow().connection());
  }

  @Test
  void one_that_was_discarded_is_hung_up() throws Exception {
    connections.discard(connections.borrow().connection());
    assertThat(machine.openConnections()).isZero();
  }

  @Test
  void one_that_was_closed_meanwhile_is_not_lent() throws Exception {
    Connections.Loan first = connections.borrow();
    connections.giveBack(first.connection());
    first.connection().close();
    assertThat(connections.borrow().isReused()).isFalse();
  }

  @Test
  void one_is_opened_at_a_time() throws Exception {
    Gate gate = new Gate();
    machine.atLogin(gate);
    List<FutureTask<Connections.Loan>> loans = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      loans.add(inBackground(connections::borrow));
    }
    awaitWaiting(threads, 4);
    gate.open();
    for (FutureTask<Connections.Loan> loan : loans) {
      get(loan);
    }
    assertThat(machine.logins()).isEqualTo(4);
    assertThat(machine.mostLoginsAtOnce()).isEqualTo(1);
  }

  @Test
  void a_login_that_is_broken_off_is_tried_four_times() {
    machine.atLogin(StubTransport.failing(TransportProblem.LOST));
    assertThatThrownBy(connections::borrow).isInstanceOf(TransportException.class);
    assertThat(machine.logins()).isEqualTo(Connections.CONNECT_TRIES);
  }

  @Test
  void the_pauses_between_these_tries_grow() {
    machine.atLogin(StubTransport.failing(TransportProblem.LOST));
    long begun = System.nanoTime();
    assertThatThrownBy(connections::borrow).isInstanceOf(TransportException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(Duration.ofMillis(200 + 400 + 800));
  }

  @Test
  void a_login_that_works_the_second_time_works() throws Exception {
    machine.atNextLogin(StubTransport.failing(TransportProblem.LOST));
    connections.borrow();
    assertThat(machine.logins()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOST")
  void any_other_problem_is_told_at_once(TransportProblem problem) {
    machine.atLogin(StubTransport.failing(problem));
    assertThatThrownBy(connections::borrow)
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    assertThat(machine.logins()).isEqualTo(1);
  }

  @Test
  void a_login_that_fails_fails_for_all_who_waited_for_it() throws Exception {
    Gate gate = new Gate();
    machine.atLogin(
        () -> {
          gate.pass();
          StubTransport.failing(TransportProblem.UNREACHABLE).run();
        });
    List<FutureTask<Connections.Loan>> loans = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      loans.add(inBackground(connections::borrow));
    }
    awaitWaiting(threads, 4);
    gate.open();
    for (FutureTask<Connections.Loan> loan : loans) {
      assertThatThrownBy(() -> get(loan))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TransportException.class);
    }
    assertThat(machine.logins()).isEqualTo(1);
    machine.atLogin(Hook.nothing());
    assertThat(connections.borrow().connection().isOpen()).as("and the next one tries").isTrue();
  }

  @Test
  void one_that_is_given_back_while_another_pauses_goes_to_who_waits() throws Exception {
    Connections.Loan first = connections.borrow();
    machine.atLogin(StubTransport.failing(TransportProblem.LOST));
    FutureTask<Connections.Loan> pausing = inBackground(connections::borrow);
    while (machine.logins() < 4) {
      Thread.onSpinWait();
    }
    FutureTask<Connections.Loan> waiting = inBackground(connections::borrow);
    awaitWaiting(threads, 2);
    connections.giveBack(first.connection());
    assertThat(get(waiting).isReused()).isTrue();
    assertThat(pausing.isDone()).isFalse();
    assertThatThrownBy(() -> get(pausing)).hasCauseInstanceOf(TransportException.class);
  }

  @Test
  void whoever_waits_can_be_interrupted() throws Exception {
    Gate gate = new Gate();
    machine.atLogin(gate);
    FutureTask<Connections.Loan> connecting = inBackground(connections::borrow);
    gate.awaitReached();
    CompletableFuture<Thread> waiter = new CompletableFuture<>();
    FutureTask<Connections.Loan> waiting =
        inBackground(
            () -> {
              waiter.complete(Thread.currentThread());
              return connections.borrow();
            });
    waiter.get().interrupt();
    assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(InterruptedException.class);
    gate.open();
    assertThat(get(connecting).isReused()).isFalse();
  }

  @Test
  void an_interrupt_of_the_one_who_connects_is_nobody_elses_failure() throws Exception {
    Gate gate = new Gate();
    machine.atNextLogin(gate);
    CompletableFuture<Thread> connector = new CompletableFuture<>();
    FutureTask<Connections.Loan> connecting =
        inBackground(
            () -> {
              connector.complete(Thread.currentThread());
              return connections.borrow();
            });
    gate.awaitReached();
    FutureTask<Connections.Loan> waiting = inBackground(connections::borrow);
    awaitWaiting(threads, 2);
    connector.get().interrupt();
    assertThatThrownBy(() -> get(connecting)).hasCauseInstanceOf(InterruptedException.class);
    assertThat(get(waiting).isReused()).isFalse();
  }

  @Test
  void what_is_idle_for_too_long_is_hung_up() throws Exception {
    Connections.Loan old = connections.borrow();
    Connections.Loan young = connections.borrow();
    connections.giveBack(old.connection());
    now += Duration.ofMinutes(4).toNanos();
    connections.giveBack(young.connection());
    now += Duration.ofMinutes(2).toNanos();
    connections.closeIdleFor(Duration.ofMinutes(5));
    assertThat(old.connection().isOpen()).isFalse();
    assertThat(young.connection().isOpen()).isTrue();
  }

  @Test
  void closing_hangs_up_everything_and_sends_home_who_waits() throws Exception {
    Connections.Loan onLoan = connections.borrow();
    Gate gate = new Gate();
    machine.atLogin(gate);
    FutureTask<Connections.Loan> connecting = inBackground(connections::borrow);
    gate.awaitReached();
    FutureTask<Connections.Loan> waiting = inBackground(connections::borrow);
    awaitWaiting(threads, 2);
    connections.close();
    assertThat(onLoan.connection().isOpen()).isFalse();
    assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(TransportException.class);
    gate.open();
    assertThatThrownBy(() -> get(connecting)).hasCauseInstanceOf(TransportException.class);
    assertThatThrownBy(connections::borrow).isInstanceOf(TransportException.class);
  }

  @Test
  void one_that_is_given_back_after_closing_is_hung_up() throws Exception {
    Connections.Loan loan = connections.borrow();
    connections.close();
    connections.giveBack(loan.connection());
    assertThat(loan.connection().isOpen()).isFalse();
  }
}
