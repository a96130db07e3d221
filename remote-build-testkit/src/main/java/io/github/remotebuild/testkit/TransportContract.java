package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every transport must do, as tests to inherit. A transport is finished when they pass.
 *
 * <p>The machine at the {@link #endpoint} needs {@code sh}, {@code cat}, {@code head} and {@code
 * sleep}, and must let this process log in.
 *
 * @since 0.1
 */
@SuppressWarnings("try")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TransportContract {
  private static final int MEGABYTE = 1_000_000;
  private static final Duration LONG = Duration.ofSeconds(60);

  /** How long whoever is blocked may take to notice that it was freed. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private final ThreadLedger threads = new ThreadLedger();

  /** For subclasses. */
  protected TransportContract() {}

  /** The transport to test. */
  protected abstract Transport transport();

  /** A machine it can reach. */
  protected abstract Endpoint endpoint();

  /**
   * How many bytes of output that nobody reads may be on their way, in the buffers of both ends and
   * the network together. The default is 40 MB.
   */
  protected long unreadBytesLimit() {
    return 40L * MEGABYTE;
  }

  private ConnectOptions options() {
    Duration ten = Duration.ofSeconds(10);
    return new ConnectOptions(ten, ten, ten, 3, threads);
  }

  private Connection connect() throws TransportException, InterruptedException {
    return transport().connect(endpoint(), options());
  }

  private static RemoteProcess shell(Connection connection, String script, StderrSink stderr)
      throws TransportException, InterruptedException {
    return connection.start(List.of("sh", "-c", script), stderr);
  }

  private static RemoteProcess shell(Connection connection, String script)
      throws TransportException, InterruptedException {
    return shell(connection, script, StderrSink.discarding());
  }

  private static String outputOf(RemoteProcess process) throws IOException {
    return new String(process.stdout().readAllBytes(), UTF_8);
  }

  @AfterEach
  final void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  @Test
  final void the_exact_words_arrive() throws Exception {
    List<String> words =
        List.of(
            "plain",
            "",
            "two words",
            " ",
            "tab\tand\nnew line\n",
            "it's",
            "\"quoted\"",
            "'",
            "$HOME $(id) `id` ${x}",
            "back\\slash\\\\",
            "*?[a-z]{1,2}~",
            "~root",
            "a=b",
            "&;|<>()!#",
            "-n",
            "grüße ☃ 😀");
    String script = "for word; do printf '%s\\0' \"$word\"; done";
    List<String> command = new java.util.ArrayList<>(List.of("sh", "-c", script, "name"));
    command.addAll(words);

    String output;
    try (Connection connection = connect();
        RemoteProcess process = connection.start(command, StderrSink.discarding())) {
      output = outputOf(process);
    }

    assertThat(output).isEqualTo(String.join("\0", words) + "\0");
  }

  @Test
  final void exit_status_and_both_outputs_are_delivered() throws Exception {
    CountingSink stderr = new CountingSink();
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "echo out; echo err >&2; exit 42", stderr)) {
      assertThat(outputOf(process)).isEqualTo("out\n");
      assertThat(process.awaitExit(LONG)).hasValue(42);
      assertThat(process.isEnded()).isTrue();
      assertThat(stderr.text()).isEqualTo("err\n");
      assertThat(stderr.ends()).isEqualTo(1);
    }
  }

  @Test
  final void exit_status_comes_after_the_last_byte() throws Exception {
    try (Connection connection = connect()) {
      for (int round = 0; round < 20; round++) {
        CountingSink stderr = new CountingSink();
        String script = "head -c 60000 /dev/zero; head -c 50000 /dev/zero >&2; exit 3";
        try (RemoteProcess process = shell(connection, script, stderr)) {
          assertThat(process.awaitExit(LONG)).hasValue(3);
          assertThat(stderr.bytes()).isEqualTo(50_000);
          assertThat(stderr.ends()).isEqualTo(1);
          assertThat(process.stdout().readNBytes(60_001)).hasSize(60_000);
        }
      }
    }
  }

  @Test
  final void awaiting_the_exit_gives_up_in_time() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "cat")) {
      assertThat(process.awaitExit(Duration.ofMillis(50))).isEmpty();
      assertThat(process.isEnded()).isFalse();
    }
  }

  @Test
  final void closing_the_input_lets_the_program_finish() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "cat; echo end; exit 5")) {
      process.stdin().write("hello ".getBytes(UTF_8));
      process.stdin().close();

      assertThat(outputOf(process)).isEqualTo("hello end\n");
      assertThat(process.awaitExit(LONG)).hasValue(5);
    }
  }

  @Test
  final void input_is_sent_without_waiting_for_more() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "cat")) {
      for (int i = 0; i < 10; i++) {
        process.stdin().write(new byte[] {1, 2, (byte) i});
        process.stdin().flush();
        assertThat(process.stdout().readNBytes(3)).containsExactly(1, 2, i);
      }
    }
  }

  @Test
  final void writing_to_a_program_that_has_ended_fails() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "exit 0")) {
      Blocked writer = Blocked.in("write", () -> writeForEver(process.stdin()));

      assertThat(writer.failsWithin(LONG)).isInstanceOf(IOException.class);
      assertThat(process.awaitExit(LONG)).hasValue(0);
    }
  }

  @Test
  final void a_killed_program_is_seen() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "echo a; kill -9 $$")) {
      assertThat(outputOf(process)).isEqualTo("a\n");
      OptionalInt status = process.awaitExit(LONG);
      assertThat(process.isEnded()).isTrue();
      assertThat(status.orElse(137)).as("no status, or a shell's for it").isEqualTo(137);
    }
  }

  @Test
  final void unread_output_makes_the_program_wait_and_nobody_else() throws Exception {
    CountingSink progress = new CountingSink();
    String script =
        "i=0; while [ $i -lt 60 ]; do head -c 1000000 /dev/zero; printf . >&2; i=$((i+1)); done";
    try (Connection stalled = connect();
        Connection other = connect();
        RemoteProcess unread = shell(stalled, script, progress)) {
      for (int round = 0; round < 3; round++) {
        try (RemoteProcess lively = shell(other, "head -c 20000000 /dev/zero")) {
          assertThat(count(lively.stdout())).isEqualTo(20L * MEGABYTE);
        }
      }
      assertThat(progress.bytes() * MEGABYTE)
          .as("bytes the program got rid of while nobody read")
          .isLessThanOrEqualTo(unreadBytesLimit());

      assertThat(count(unread.stdout())).isEqualTo(60L * MEGABYTE);
      assertThat(unread.awaitExit(LONG)).hasValue(0);
      assertThat(progress.bytes()).isEqualTo(60);
    }
  }

  @Test
  final void a_flood_on_standard_error_never_blocks() throws Exception {
    CountingSink stderr = new CountingSink();
    try (Connection connection = connect();
        RemoteProcess process =
            shell(connection, "head -c 50000000 /dev/zero >&2; echo done", stderr)) {
      assertThat(process.awaitExit(LONG)).hasValue(0);
      assertThat(stderr.bytes()).isEqualTo(50L * MEGABYTE);
      assertThat(outputOf(process)).isEqualTo("done\n");
    }
  }

  @Test
  final void a_sink_that_throws_does_no_harm() throws Exception {
    StderrSink broken =
        (buffer, offset, length) -> {
          throw new IllegalStateException("broken on purpose");
        };
    try (Connection connection = connect();
        RemoteProcess process =
            shell(connection, "head -c 3000000 /dev/zero >&2; echo done", broken)) {
      assertThat(outputOf(process)).isEqualTo("done\n");
      assertThat(process.awaitExit(LONG)).hasValue(0);
    }
  }

  @Test
  final void a_hundred_megabytes_are_echoed_without_a_deadlock() throws Exception {
    byte[] block = new byte[MEGABYTE];
    new java.util.Random(7).nextBytes(block);
    CRC32 sent = new CRC32();
    CRC32 received = new CRC32();
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "cat")) {
      Blocked writer =
          Blocked.in(
              "write",
              () -> {
                try (OutputStream stdin = process.stdin()) {
                  for (int i = 0; i < 100; i++) {
                    block[i]++;
                    sent.update(block);
                    stdin.write(block);
                  }
                }
                return "written";
              });
      byte[] buffer = new byte[64 * 1024];
      InputStream stdout = process.stdout();
      for (int read = stdout.read(buffer); read >= 0; read = stdout.read(buffer)) {
        received.update(buffer, 0, read);
      }
      writer.endsWithin(SOON);
      assertThat(received.getValue()).isEqualTo(sent.getValue());
      assertThat(process.awaitExit(LONG)).hasValue(0);
    }
  }

  @Test
  final void one_program_after_another_runs_on_one_connection() throws Exception {
    try (Connection connection = connect()) {
      for (int i = 0; i < 100; i++) {
        try (RemoteProcess process = shell(connection, "cat; exit " + i)) {
          process.stdin().write(("round " + i).getBytes(UTF_8));
          process.stdin().close();
          assertThat(outputOf(process)).isEqualTo("round " + i);
          assertThat(process.awaitExit(LONG)).hasValue(i);
        }
      }
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  final void a_second_program_at_the_same_time_is_refused() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "cat")) {
      assertThatThrownBy(() -> shell(connection, "true")).isInstanceOf(IllegalStateException.class);
      process.stdin().close();
      assertThat(process.awaitExit(LONG)).hasValue(0);
    }
  }

  @Test
  final void after_a_running_program_is_closed_the_connection_works_or_says_it_does_not()
      throws Exception {
    try (Connection connection = connect()) {
      RemoteProcess process = shell(connection, "head -c 60000000 /dev/zero; cat");
      assertThat(process.stdout().readNBytes(10)).hasSize(10);
      process.close();
      process.close();

      if (connection.isOpen()) {
        try (RemoteProcess next = shell(connection, "echo works")) {
          assertThat(outputOf(next)).isEqualTo("works\n");
        }
      }
    }
  }

  @Test
  final void a_closed_connection_refuses_to_start() throws Exception {
    Connection connection = connect();
    assertThat(connection.isOpen()).isTrue();
    connection.close();
    connection.close();

    assertThat(connection.isOpen()).isFalse();
    assertThatThrownBy(() -> shell(connection, "true"))
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.problem()).isEqualTo(TransportProblem.LOST))
        .hasMessageContaining(endpoint().name());
  }

  @Test
  final void closing_the_process_frees_a_blocked_read() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "sleep 60")) {
      Blocked reader = Blocked.in("read", () -> process.stdout().read());
      process.close();
      assertThat(reader.failsWithin(SOON)).isInstanceOf(IOException.class);
    }
  }

  @Test
  final void closing_the_process_frees_a_blocked_write() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "sleep 60")) {
      Blocked writer = Blocked.in("write", () -> writeForEver(process.stdin()));
      process.close();
      assertThat(writer.failsWithin(SOON)).isInstanceOf(IOException.class);
    }
  }

  @Test
  final void closing_the_connection_frees_a_blocked_read_and_write() throws Exception {
    Connection connection = connect();
    RemoteProcess process = shell(connection, "sleep 60");
    Blocked reader = Blocked.in("read", () -> process.stdout().read());
    Blocked writer = Blocked.in("write", () -> writeForEver(process.stdin()));
    Blocked waiter = Blocked.in("awaitExit", () -> process.awaitExit(LONG));

    connection.close();

    assertThat(reader.failsWithin(SOON)).isInstanceOf(IOException.class);
    assertThat(writer.failsWithin(SOON)).isInstanceOf(IOException.class);
    waiter.endsWithin(SOON);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  final void an_interrupt_frees_a_blocked_read_write_and_wait() throws Exception {
    try (Connection connection = connect();
        RemoteProcess process = shell(connection, "sleep 60")) {
      Blocked reader = Blocked.in("read", () -> process.stdout().read());
      Blocked writer = Blocked.in("write", () -> writeForEver(process.stdin()));
      Blocked waiter = Blocked.in("awaitExit", () -> process.awaitExit(LONG));

      reader.interrupt();
      writer.interrupt();
      waiter.interrupt();

      assertThat(reader.failsWithin(SOON)).isInstanceOf(InterruptedIOException.class);
      assertThat(writer.failsWithin(SOON)).isInstanceOf(InterruptedIOException.class);
      assertThat(waiter.failsWithin(SOON)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  final void an_interrupted_thread_does_not_start_a_program() throws Exception {
    try (Connection connection = connect()) {
      Blocked starter =
          Blocked.in(
              "start",
              () -> {
                Thread.currentThread().interrupt();
                return shell(connection, "sleep 60");
              });
      assertThat(starter.failsWithin(SOON)).isInstanceOf(InterruptedException.class);
    }
  }

  /** A transport that connects to nothing need not notice the interrupt. */
  @Test
  final void an_interrupt_frees_a_connect_to_a_machine_that_says_nothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Endpoint known = endpoint();
      Endpoint mute =
          new Endpoint(
              known.name(),
              known.user(),
              silent.getInetAddress().getHostAddress(),
              OptionalInt.of(silent.getLocalPort()),
              known.identityFile(),
              known.publicHostKey(),
              known.isCompressed());
      Blocked caller =
          Blocked.in(
              "connect",
              () -> {
                transport().connect(mute, options()).close();
                return "nothing to connect to";
              });
      caller.interrupt();
      caller.endsWithin(SOON);
    }
  }

  private static long count(InputStream in) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long bytes = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      bytes += read;
    }
    return bytes;
  }

  private static Object writeForEver(OutputStream out) throws IOException {
    byte[] block = new byte[64 * 1024];
    while (true) {
      out.write(block);
    }
  }
}
