package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeSession;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.testkit.ThreadLedger;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.testkit.fault.Fault.Direction;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault by itself, as a client sees it, over pipes and over ssh. */
class FaultsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);

  @RegisterExtension
  final EmbeddedFarmExtension farms =
      EmbeddedFarmExtension.starting(EmbeddedFarm.builder().machine("a").overSsh());

  private final ThreadLedger threads = new ThreadLedger();

  enum Way {
    PIPES,
    SSH
  }

  @AfterEach
  void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  private Connection connect(EmbeddedFarm farm, Way way, Duration patience) throws Exception {
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
        endpoint, new ConnectOptions(patience, LONG, Duration.ofSeconds(10), 3, threads));
  }

  private TransportProblem refusal(EmbeddedFarm farm, Way way) {
    return catchThrowableOfType(TransportException.class, () -> connect(farm, way, SHORT).close())
        .problem();
  }

  private static ServeSession open(EmbeddedFarm farm, Connection connection)
      throws InterruptedException {
    return ServeSession.open(
        "a",
        connection,
        ServeCommand.nixStore(),
        StderrSink.discarding(),
        SessionSettings.defaults().withStoreDir(farm.storeDir()));
  }

  private static void ask(ServeSession session) {
    assertThat(session.queryValidPaths(List.of(), Set.of())).isEmpty();
  }

  private StoreProblem problemOfOpening(EmbeddedFarm farm, Way way) throws Exception {
    try (Connection connection = connect(farm, way, LONG)) {
      return catchThrowableOfType(StoreException.class, () -> open(farm, connection)).problem();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_machine_that_refuses_is_unreachable_and_counted(Way way, EmbeddedFarm farm)
      throws Exception {
    farm.machine("a").suffer(Fault.refuse().onConnections(1, 2));

    assertThat(refusal(farm, way)).isEqualTo(TransportProblem.UNREACHABLE);
    assertThat(refusal(farm, way)).isEqualTo(TransportProblem.UNREACHABLE);
    connect(farm, way, LONG).close();

    assertThat(farm.machine("a").connectionsSoFar()).isEqualTo(3);
    assertThat(farm.story()).contains("FAULT: the connection is refused");
  }

  @ParameterizedTest
  @EnumSource
  void a_machine_that_says_nothing_is_given_up(Way way, EmbeddedFarm farm) {
    farm.machine("a").suffer(Fault.stayMute());

    assertThat(refusal(farm, way)).isEqualTo(TransportProblem.TIMED_OUT);
  }

  @ParameterizedTest
  @EnumSource
  void a_wrong_host_key_is_seen(Way way, EmbeddedFarm farm) throws Exception {
    farm.machine("a").suffer(Fault.wrongHostKey());
    assertThat(refusal(farm, way)).isEqualTo(TransportProblem.HOST_KEY_CHANGED);

    farm.machine("a").recoverFrom(Fault.wrongHostKey());
    connect(farm, way, LONG).close();
  }

  @ParameterizedTest
  @EnumSource
  void a_missing_program_is_seen(Way way, EmbeddedFarm farm) throws Exception {
    farm.machine("a").suffer(Fault.missingProgram());

    assertThat(problemOfOpening(farm, way)).isEqualTo(StoreProblem.PROGRAM_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void an_unknown_version_is_seen(Way way, EmbeddedFarm farm) throws Exception {
    farm.machine("a").suffer(Fault.unknownVersion());

    assertThat(problemOfOpening(farm, way)).isEqualTo(StoreProblem.WRONG_VERSION);
  }

  @ParameterizedTest
  @EnumSource
  void noise_before_the_greeting_is_heard_and_does_no_harm(Way way, EmbeddedFarm farm)
      throws Exception {
    farm.machine("a").suffer(Fault.noise("Welcome to a.\n"));

    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      assertThat(session.noise()).isEqualTo("Welcome to a.\n");
      ask(session);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_cut_ends_the_connection_after_so_many_bytes(Way way, EmbeddedFarm farm) throws Exception {
    for (Direction direction : Direction.values()) {
      farm.machine("a").recover();
      farm.machine("a").suffer(new Fault.Cut(100, direction));
      try (Connection connection = connect(farm, way, LONG);
          ServeSession session = open(farm, connection)) {
        StoreException failure =
            catchThrowableOfType(
                StoreException.class,
                () -> {
                  for (int i = 0; i < 100; i++) {
                    ask(session);
                  }
                });
        assertThat(failure.problem()).isIn(StoreProblem.TRANSPORT, StoreProblem.ENDED);
        assertThat(failure.getMessage()).doesNotContain(".;");
      }
    }
    assertThat(farm.machine("a").awaitNoConnections(LONG)).isTrue();
    assertThat(farm.story()).contains("the connection is cut after 100 bytes both ways");
  }

  @ParameterizedTest
  @EnumSource
  void a_connection_is_cut_when_the_phase_begins(Way way, EmbeddedFarm farm) throws Exception {
    farm.machine("a").suffer(Fault.cutAt(Phase.QUERY).onConnection(1));

    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      assertThat(catchThrowableOfType(StoreException.class, () -> ask(session)).problem())
          .isIn(StoreProblem.TRANSPORT, StoreProblem.ENDED);
    }
    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      ask(session);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stall_lasts_until_the_machine_recovers(Way way, EmbeddedFarm farm) throws Exception {
    Fault stall = Fault.stallAfterBytes(100);
    farm.machine("a").suffer(stall);

    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 20; i++) {
                  ask(session);
                }
              },
              task -> threads.newThread(task).start());
      awaitStory(farm, "FAULT: nothing moves after 100 bytes");
      assertThat(asked).isNotDone();

      farm.machine("a").recoverFrom(stall);
      asked.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void awaitStory(EmbeddedFarm farm, String words) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!farm.story().contains(words)) {
      assertThat(System.nanoTime()).as(farm.story()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_slow_link_takes_its_time(Way way, EmbeddedFarm farm) throws Exception {
    StorePath path = farm.machine("a").store().addText("text", "t".repeat(20_000));
    farm.machine("a").suffer(Fault.slow(40_000));

    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      long start = System.nanoTime();
      assertThat(session.readFiles(List.of(path), 30_000)).hasSize(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_dead_machine_is_unreachable_until_it_is_revived(Way way, EmbeddedFarm farm)
      throws Exception {
    farm.machine("a").suffer(Fault.dieAt(Phase.QUERY));
    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      assertThat(catchThrowableOfType(StoreException.class, () -> ask(session))).isNotNull();
    }
    assertThat(refusal(farm, way)).isEqualTo(TransportProblem.UNREACHABLE);

    farm.machine("a").recover();
    farm.machine("a").revive();

    try (Connection connection = connect(farm, way, LONG);
        ServeSession session = open(farm, connection)) {
      ask(session);
    }
  }
}
