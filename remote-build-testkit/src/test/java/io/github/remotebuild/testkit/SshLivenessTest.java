package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a connection when the machine or the network goes away without a word. */
class SshLivenessTest {
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final int LIMIT = 3;

  /** The promise is interval times (limit + 1); the rest is for a busy test machine. */
  private static final Duration PROMISED = INTERVAL.multipliedBy(LIMIT + 1).plusSeconds(2);

  @TempDir private static Path directory;

  private static ShellSshd sshd;
  private static Path identity;

  private final ThreadLedger threads = new ThreadLedger();
  private Saboteur cable;

  @BeforeAll
  static void start() throws IOException {
    KeyPair user = ShellSshd.ecdsaKey();
    identity = ShellSshd.write(user, directory.resolve("id_ecdsa"));
    sshd = ShellSshd.start(List.of(ShellSshd.ecdsaKey()), List.of(user.getPublic()));
  }

  @AfterAll
  static void stop() throws IOException {
    sshd.close();
  }

  @BeforeEach
  void plug() throws IOException {
    cable = Saboteur.before(sshd.port());
  }

  @AfterEach
  void nothing_is_left() throws Exception {
    cable.close();
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  private Connection connect(Duration interval) throws Exception {
    Endpoint direct = sshd.endpoint(identity);
    Endpoint endpoint =
        new Endpoint(
            direct.name(),
            direct.user(),
            direct.host(),
            OptionalInt.of(cable.port()),
            direct.identityFile(),
            direct.publicHostKey(),
            false);
    Duration ten = Duration.ofSeconds(10);
    return SshTransport.withDefaults()
        .window(1024 * 1024)
        .connect(endpoint, new ConnectOptions(ten, ten, interval, LIMIT, threads));
  }

  private static RemoteProcess shell(Connection connection, String script) throws Exception {
    return connection.start(List.of("sh", "-c", script), StderrSink.discarding());
  }

  private static void assertLost(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.problem()).isEqualTo(TransportProblem.LOST))
        .hasMessageContaining("builder-2 gave no sign of life for ");
  }

  @Test
  void a_silent_program_on_a_living_machine_is_left_alone() throws Exception {
    try (Connection connection = connect(Duration.ofMillis(10));
        RemoteProcess process = shell(connection, "sleep 1; echo done")) {
      assertThat(new String(process.stdout().readAllBytes(), UTF_8)).isEqualTo("done\n");
      assertThat(process.awaitExit(Duration.ofSeconds(10))).hasValue(0);
    }
  }

  @Test
  void a_machine_that_vanishes_while_we_wait_for_it_is_noticed() throws Exception {
    try (Connection connection = connect(INTERVAL);
        RemoteProcess process = shell(connection, "echo a; sleep 60")) {
      assertThat(process.stdout().readNBytes(2)).hasSize(2);
      Blocked reader = Blocked.in("read", () -> process.stdout().read());
      Blocked waiter = Blocked.in("awaitExit", () -> process.awaitExit(Duration.ofMinutes(1)));

      cable.freeze();

      assertLost(reader.failsWithin(PROMISED));
      waiter.endsWithin(PROMISED);
      assertThat(process.awaitExit(Duration.ZERO)).isEqualTo(OptionalInt.empty());
      assertThat(process.isEnded()).isTrue();
      assertThat(connection.isOpen()).isFalse();
    }
  }

  @Test
  void a_machine_that_vanishes_in_the_middle_of_an_upload_is_noticed() throws Exception {
    try (Connection connection = connect(INTERVAL);
        RemoteProcess process = shell(connection, "cat >/dev/null")) {
      byte[] block = new byte[256 * 1024];
      OutputStream stdin = process.stdin();
      for (int i = 0; i < 20; i++) {
        stdin.write(block);
      }
      cable.freeze();
      Blocked writer =
          Blocked.in(
              "write",
              () -> {
                while (true) {
                  stdin.write(block);
                }
              });

      // The kernel takes some more at first, which looks like life for a while.
      assertLost(writer.failsWithin(PROMISED.plus(PROMISED)));
      assertThat(connection.isOpen()).isFalse();
    }
  }

  @Test
  void a_connection_without_a_program_is_watched_too() throws Exception {
    try (Connection connection = connect(INTERVAL)) {
      cable.freeze();
      Blocked watcher =
          Blocked.in(
              "isOpen",
              () -> {
                while (connection.isOpen()) {
                  Thread.onSpinWait();
                }
                return "closed";
              });
      watcher.endsWithin(PROMISED);
    }
  }

  @Test
  void a_pause_in_the_middle_of_a_download_loses_no_byte() throws Exception {
    try (Connection connection = connect(INTERVAL);
        RemoteProcess process =
            shell(connection, "i=0; while [ $i -lt 200000 ]; do echo $i; i=$((i+1)); done")) {
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 200_000; i++) {
        expected.append(i).append('\n');
      }
      StringBuilder found = new StringBuilder();
      for (int pause = 0; pause < 5; pause++) {
        found.append(new String(process.stdout().readNBytes(50_000), UTF_8));
        cable.freeze();
        Blocked reader = Blocked.in("read", () -> process.stdout().readNBytes(200_000));
        cable.thaw();
        found.append(new String(reader.bytesWithin(PROMISED), UTF_8));
      }
      found.append(new String(process.stdout().readAllBytes(), UTF_8));
      assertThat(found).isEqualToIgnoringNewLines(expected);
    }
  }

  @Test
  void a_reader_that_takes_its_time_does_not_look_like_a_dead_machine() throws Exception {
    try (Connection connection = connect(Duration.ofMillis(10));
        RemoteProcess unread = shell(connection, "head -c 20000000 /dev/zero; echo end")) {
      try (Connection clock = connect(INTERVAL);
          RemoteProcess second = shell(clock, "sleep 1")) {
        assertThat(second.awaitExit(Duration.ofSeconds(10))).hasValue(0);
      }
      assertThat(connection.isOpen()).isTrue();
      assertThat(unread.stdout().readAllBytes()).hasSize(20_000_004);
    }
  }

  @Test
  void what_arrived_before_the_machine_hung_up_can_be_read() throws Exception {
    Optional<Throwable> failure = Optional.empty();
    try (Connection connection = connect(INTERVAL);
        RemoteProcess process = shell(connection, "echo last words; sleep 60")) {
      assertThat(process.stdout().readNBytes(5)).hasSize(5);
      cable.close();
      byte[] rest = process.stdout().readNBytes(6);
      assertThat(new String(rest, UTF_8)).isEqualTo("words\n");
      try {
        process.stdout().read();
      } catch (IOException e) {
        failure = Optional.of(e);
      }
      assertThat(failure)
          .get()
          .isInstanceOfSatisfying(
              TransportException.class,
              e -> assertThat(e.problem()).isEqualTo(TransportProblem.LOST));
      assertThat(process.awaitExit(Duration.ofSeconds(10))).isEmpty();
    }
  }
}
