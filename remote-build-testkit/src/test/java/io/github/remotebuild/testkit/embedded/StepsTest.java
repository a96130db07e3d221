package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeSession;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.ThreadLedger;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a test steps in on a machine, over pipes and over ssh. */
class StepsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @RegisterExtension
  final EmbeddedFarmExtension farms =
      EmbeddedFarmExtension.starting(EmbeddedFarm.builder().machine("a").overSsh());

  private final ThreadLedger threads = new ThreadLedger();
  private EmbeddedFarm farm;
  private EmbeddedMachine machine;

  enum Way {
    PIPES,
    SSH
  }

  @BeforeEach
  void know(EmbeddedFarm started) {
    farm = started;
    machine = started.machine("a");
  }

  @AfterEach
  void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  private Connection connect(Way way) throws Exception {
    Transport transport =
        way == Way.PIPES ? farm.transport() : farm.transport(SshTransport.withDefaults());
    Endpoint endpoint =
        new Endpoint(
            "a",
            Optional.empty(),
            "a",
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    return transport.connect(
        endpoint, new ConnectOptions(LONG, LONG, Duration.ofSeconds(10), 3, threads));
  }

  private ServeSession open(Connection connection) throws InterruptedException {
    return ServeSession.open(
        "a",
        connection,
        ServeCommand.nixStore(),
        StderrSink.discarding(),
        SessionSettings.defaults().withStoreDir(farm.storeDir()));
  }

  private static void ask(ServeSession session) {
    session.queryValidPaths(List.of(), Set.of());
  }

  private static StoreException failureOfAsking(ServeSession session) {
    return catchThrowableOfType(StoreException.class, () -> ask(session));
  }

  @ParameterizedTest
  @EnumSource
  void whoever_comes_waits_at_the_gate(Way way) throws Exception {
    for (Step step : List.of(Step.CONNECT, Step.START, Step.GREET, Step.QUERY_VALID_PATHS)) {
      Gate gate = new Gate();
      machine.at(step, gate::pass);
      CompletableFuture<Boolean> asked =
          CompletableFuture.supplyAsync(
              () -> {
                try (Connection connection = connect(way);
                    ServeSession session = open(connection)) {
                  ask(session);
                  return true;
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> threads.newThread(task).start());
      gate.awaitReached(LONG);
      assertThat(asked).as("at %s", step).isNotDone();

      gate.open();
      assertThat(asked.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      machine.undisturbed();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_refusal_arrives_in_its_own_words(Way way) throws Exception {
    machine.at(
        Step.QUERY_VALID_PATHS,
        () -> {
          throw new EmbeddedStoreException("the disk is full");
        });

    try (Connection connection = connect(way);
        ServeSession session = open(connection)) {
      StoreException failure = failureOfAsking(session);
      assertThat(failure.problem()).isEqualTo(StoreProblem.REJECTED);
      assertThat(failure).hasMessageContaining("the disk is full");
    }
    assertThat(machine.told(MachineEvent.Refused.class)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void what_breaks_off_says_no_word(Way way) throws Exception {
    machine.at(
        Step.QUERY_VALID_PATHS,
        () -> {
          throw new IOException("nobody hears this");
        });

    try (Connection connection = connect(way);
        ServeSession session = open(connection)) {
      StoreException failure = failureOfAsking(session);
      assertThat(failure.problem()).isEqualTo(StoreProblem.ENDED);
      assertThat(failure.evidence()).isEmpty();
    }
    assertThat(machine.told(MachineEvent.Exited.class))
        .containsExactly(new MachineEvent.Exited(137));
  }

  @ParameterizedTest
  @EnumSource
  void what_throws_before_a_connection_is_there_is_a_transports_problem(Way way) {
    machine.once(
        Step.CONNECT,
        () -> {
          throw new IOException("the cable is out");
        });
    assertThatThrownBy(() -> connect(way))
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.problem()).isEqualTo(TransportProblem.LOST))
        .hasMessageContaining("the cable is out");

    machine.once(
        Step.CONNECT,
        () -> {
          throw new TransportException(TransportProblem.LOGIN_REJECTED, "not you");
        });
    assertThatThrownBy(() -> connect(way))
        .isInstanceOfSatisfying(
            TransportException.class,
            e -> assertThat(e.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED))
        .hasMessage("not you");
  }

  @Test
  void what_throws_before_a_program_is_there_is_a_transports_problem() throws Exception {
    machine.at(
        Step.START,
        () -> {
          throw new IOException("no more processes");
        });

    try (Connection connection = connect(Way.PIPES)) {
      assertThatThrownBy(() -> open(connection).close())
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.transportProblem()).contains(TransportProblem.LOST))
          .hasMessageContaining("no more processes");
    }
    assertThat(machine.programsNow()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void once_is_once(Way way) throws Exception {
    AtomicInteger reached = new AtomicInteger();
    machine.once(Step.QUERY_VALID_PATHS, reached::incrementAndGet);

    try (Connection connection = connect(way);
        ServeSession session = open(connection)) {
      ask(session);
      ask(session);
    }

    assertThat(reached).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void killed_store_processes_say_no_word_and_leave_the_connection(Way way) throws Exception {
    try (Connection connection = connect(way)) {
      try (ServeSession session = open(connection)) {
        ask(session);
        assertThat(machine.programsNow()).isEqualTo(1);

        machine.killPrograms();

        StoreException failure = failureOfAsking(session);
        assertThat(failure.problem()).isEqualTo(StoreProblem.ENDED);
        assertThat(failure.evidence()).isEmpty();
      }
      Eventually.within(LONG, machine::programsNow, left -> assertThat(left).isZero());
      assertThat(machine.connectionsNow()).isEqualTo(1);
      try (ServeSession next = open(connection)) {
        ask(next);
      }
    }
  }

  @Test
  void a_damaged_path_is_valid_and_has_other_bytes() {
    StorePath path = farm.hub().store().addText("text", "text");
    StorePath empty = farm.hub().store().addText("empty", "");

    farm.hub().store().damage(path);

    assertThat(farm.hub().store().isValid(path)).isTrue();
    assertThat(farm.hub().store().text(path)).isEqualTo("texu");
    assertThatThrownBy(() -> farm.hub().store().damage(empty))
        .isInstanceOf(EmbeddedStoreException.class);
  }
}
