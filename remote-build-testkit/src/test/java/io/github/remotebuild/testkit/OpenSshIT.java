package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and host keys as OpenSSH's own programs make them, against OpenSSH's own server. */
@NeedsOpenSsh
class OpenSshIT {
  @TempDir private static Path directory;

  private static OpenSshd sshd;

  private final ThreadLedger threads = new ThreadLedger();

  @BeforeAll
  static void start() throws Exception {
    sshd = OpenSshd.start(directory, "MaxSessions 2");
  }

  @AfterAll
  static void stop() throws Exception {
    if (sshd != null) {
      sshd.close();
    }
  }

  @AfterEach
  void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  private ConnectOptions options() {
    Duration ten = Duration.ofSeconds(10);
    return new ConnectOptions(ten, ten, ten, 3, threads);
  }

  private void echoes(SshTransport transport, Endpoint endpoint) throws Exception {
    try (Connection connection = transport.connect(endpoint, options());
        RemoteProcess process =
            connection.start(List.of("echo", "it's me"), StderrSink.discarding())) {
      assertThat(new String(process.stdout().readAllBytes(), UTF_8)).isEqualTo("it's me\n");
      assertThat(process.awaitExit(Duration.ofSeconds(10))).hasValue(0);
    }
  }

  private TransportException failure(SshTransport transport, Endpoint endpoint) {
    return catchThrowableOfType(
        TransportException.class, () -> transport.connect(endpoint, options()).close());
  }

  private static Endpoint unpinned() {
    return sshd.endpoint(Optional.of(sshd.identity()), Optional.empty());
  }

  private static String name() {
    return "[127.0.0.1]:" + sshd.port();
  }

  private static Path knownHosts(String line) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "known_hosts", ""), line + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void each_type_of_pinned_host_key_is_asked_for(String type) throws Exception {
    echoes(
        SshTransport.withDefaults(),
        sshd.endpoint(Optional.of(sshd.identity()), Optional.of(sshd.hostKey(type))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void each_type_of_known_host_key_is_asked_for(String type) throws Exception {
    Path file = knownHosts(name() + " " + sshd.hostKey(type));
    echoes(SshTransport.withDefaults().knownHosts(file), unpinned());
  }

  @Test
  void hashed_names_are_understood() throws Exception {
    Path file = knownHosts(name() + " " + sshd.hostKey("ed25519"));
    OpenSshd.run("ssh-keygen", "-q", "-H", "-f", file.toString());
    assertThat(Files.readString(file)).startsWith("|1|");

    echoes(SshTransport.withDefaults().knownHosts(file), unpinned());
  }

  @Test
  void a_host_certificate_of_a_known_authority_is_accepted() throws Exception {
    Path ca = directory.resolve("ca");
    OpenSshd.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ca.toString());
    Path certified = Files.createDirectory(directory.resolve("certified")).resolve("host");
    OpenSshd.run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", certified.toString());
    OpenSshd.run(
        "ssh-keygen",
        "-q",
        "-s",
        ca.toString(),
        "-I",
        "a host",
        "-h",
        "-n",
        "127.0.0.1",
        "-V",
        "-5m:+1h",
        certified + ".pub");
    Path other = Files.createDirectory(directory.resolve("other"));
    try (OpenSshd server =
        OpenSshd.start(
            other, "HostKey " + certified, "HostCertificate " + certified + "-cert.pub")) {
      Path known =
          knownHosts(
              "@cert-authority [127.0.0.1]:* "
                  + Files.readString(directory.resolve("ca.pub")).strip());
      Endpoint endpoint = server.endpoint(Optional.of(server.identity()), Optional.empty());
      echoes(SshTransport.withDefaults().knownHosts(known), endpoint);

      Path stranger = knownHosts("@cert-authority [127.0.0.1]:* " + sshd.hostKeyWords("ed25519"));
      assertThat(failure(SshTransport.withDefaults().knownHosts(stranger), endpoint).problem())
          .isEqualTo(TransportProblem.HOST_KEY_UNKNOWN);
    }
  }

  @Test
  void an_unknown_host_key_is_shown_as_ssh_keygen_shows_it() throws Exception {
    Process keygen =
        new ProcessBuilder("ssh-keygen", "-lf", directory + "/host_ed25519.pub").start();
    String fingerprint =
        new String(keygen.getInputStream().readAllBytes(), UTF_8).split(" ", -1)[1];

    TransportException failure =
        failure(SshTransport.withDefaults().knownHosts(knownHosts("")), unpinned());

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_UNKNOWN);
    assertThat(failure)
        .hasMessageContaining("It shows ssh-ed25519 " + fingerprint + ".")
        .hasMessageContaining("add the line '" + name() + " " + sshd.hostKeyWords("ed25519") + "'");
  }

  @Test
  void a_changed_host_key_is_refused() throws Exception {
    String other = Files.readString(directory.resolve("id_ed25519.pub")).strip();
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            sshd.endpoint(Optional.of(sshd.identity()), Optional.of(other)));
    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void each_type_of_private_key_logs_in_locked_or_not(String type) throws Exception {
    Path key = Files.createTempDirectory(directory, type).resolve("id");
    OpenSshd.run("ssh-keygen", "-q", "-t", type, "-N", "open sesame", "-f", key.toString());
    Files.write(
        directory.resolve("authorized_keys"),
        Files.readAllLines(Path.of(key + ".pub")),
        java.nio.file.StandardOpenOption.APPEND);
    Endpoint endpoint = sshd.endpoint(Optional.of(key), Optional.of(sshd.hostKey("ed25519")));

    assertThat(failure(SshTransport.withDefaults(), endpoint).problem())
        .isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    echoes(
        SshTransport.withDefaults().passphrases(file -> Optional.of("open sesame".toCharArray())),
        endpoint);
    OpenSshd.run("ssh-keygen", "-q", "-p", "-P", "open sesame", "-N", "", "-f", key.toString());
    echoes(SshTransport.withDefaults(), endpoint);
  }

  @Test
  void a_rejected_login_says_what_the_server_offers() throws Exception {
    Path stranger = directory.resolve("id_stranger");
    OpenSshd.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger.toString());

    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            sshd.endpoint(Optional.of(stranger), Optional.of(sshd.hostKey("ed25519"))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
    assertThat(failure)
        .hasMessageContaining(
            "It offers publickey; we tried " + stranger + " (ssh-ed25519 SHA256:");
  }

  @Test
  void more_keys_than_the_server_bears_are_a_rejected_login() throws Exception {
    SshTransport transport = SshTransport.withDefaults();
    for (int i = 0; i < 8; i++) {
      Path key = Files.createTempDirectory(directory, "many").resolve("id");
      OpenSshd.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
      transport = transport.identity(key);
    }
    TransportException failure =
        failure(transport, sshd.endpoint(Optional.empty(), Optional.of(sshd.hostKey("ed25519"))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
    assertThat(failure).hasMessageContaining("hung up after it had seen 6 keys");
  }

  @Test
  void the_keys_of_an_agent_log_in_and_stand_in_for_a_locked_file() throws Exception {
    Path socket = directory.resolve("agent");
    Process agent =
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectErrorStream(true)
            .start();
    try (var log = agent.inputReader(UTF_8)) {
      assertThat(log.readLine()).contains(socket.toString());
      Path locked = Files.createTempDirectory(directory, "agent").resolve("id");
      OpenSshd.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", locked.toString());
      Files.write(
          directory.resolve("authorized_keys"),
          Files.readAllLines(Path.of(locked + ".pub")),
          java.nio.file.StandardOpenOption.APPEND);
      ProcessBuilder adding = new ProcessBuilder("ssh-add", "-q", locked.toString());
      adding.environment().put("SSH_AUTH_SOCK", socket.toString());
      assertThat(adding.start().waitFor()).isZero();
      OpenSshd.run("ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", locked.toString());
      SshTransport transport = SshTransport.withDefaults().agent(socket);

      echoes(transport, sshd.endpoint(Optional.empty(), Optional.of(sshd.hostKey("ed25519"))));
      echoes(transport, sshd.endpoint(Optional.of(locked), Optional.of(sshd.hostKey("ed25519"))));
    } finally {
      agent.destroy();
      agent.waitFor(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_home_directory_is_used_when_it_is_named() throws Exception {
    Path ssh = Files.createDirectories(directory.resolve("home/.ssh"));
    Files.writeString(ssh.resolve("known_hosts"), name() + " " + sshd.hostKey("ecdsa") + "\n");
    Files.copy(sshd.identity(), ssh.resolve("id_ed25519"));
    Endpoint nameless =
        new Endpoint(
            "builder-2",
            Optional.empty(),
            "127.0.0.1",
            OptionalInt.of(sshd.port()),
            Optional.empty(),
            Optional.empty(),
            false);

    echoes(
        SshTransport.fromUserHome(
            directory.resolve("home"), Optional.empty(), System.getProperty("user.name")),
        nameless);
  }

  @Test
  void a_compressed_link_carries_the_same_bytes() throws Exception {
    Endpoint plain =
        sshd.endpoint(Optional.of(sshd.identity()), Optional.of(sshd.hostKey("ed25519")));
    Endpoint compressed =
        new Endpoint(
            plain.name(),
            plain.user(),
            plain.host(),
            plain.port(),
            plain.identityFile(),
            plain.publicHostKey(),
            true);
    assertEchoes(compressed, 3_000_000);
  }

  @Test
  void new_keys_in_the_middle_of_a_transfer_do_no_harm() throws Exception {
    Path rekeying = Files.createDirectory(directory.resolve("rekeying"));
    try (OpenSshd server = OpenSshd.start(rekeying, "RekeyLimit 4M")) {
      assertEchoes(
          server.endpoint(Optional.of(server.identity()), Optional.of(server.hostKey("ed25519"))),
          40_000_000);
    }
  }

  private void assertEchoes(Endpoint endpoint, int bytes) throws Exception {
    try (Connection connection = SshTransport.withDefaults().connect(endpoint, options());
        RemoteProcess process = connection.start(List.of("cat"), StderrSink.discarding())) {
      byte[] data = new byte[bytes];
      new java.util.Random(3).nextBytes(data);
      java.util.Arrays.fill(data, 0, bytes / 3, (byte) 7);
      Blocked writer =
          Blocked.in(
              "write",
              () -> {
                try (var stdin = process.stdin()) {
                  stdin.write(data);
                }
                return "written";
              });
      assertThat(java.util.Arrays.equals(process.stdout().readAllBytes(), data)).isTrue();
      writer.endsWithin(Duration.ofSeconds(5));
    }
  }

  @Test
  void programs_left_behind_use_up_the_sessions_and_that_is_said() throws Exception {
    try (Connection connection =
        SshTransport.withDefaults()
            .connect(
                sshd.endpoint(Optional.of(sshd.identity()), Optional.of(sshd.hostKey("ed25519"))),
                options())) {
      for (int i = 0; i < 2; i++) {
        RemoteProcess stubborn = connection.start(List.of("sleep", "5"), StderrSink.discarding());
        stubborn.close();
        assertThat(connection.isOpen()).isTrue();
      }
      TransportException failure =
          catchThrowableOfType(
              TransportException.class,
              () -> connection.start(List.of("true"), StderrSink.discarding()).close());

      assertThat(failure.problem()).isEqualTo(TransportProblem.PROCESS_REFUSED);
      assertThat(failure).hasMessageContaining("Check MaxSessions");
    }
  }

  @Test
  void bytes_that_no_character_set_knows_survive() throws Exception {
    try (Connection connection =
            SshTransport.withDefaults()
                .connect(
                    sshd.endpoint(
                        Optional.of(sshd.identity()), Optional.of(sshd.hostKey("ed25519"))),
                    options());
        RemoteProcess process = connection.start(List.of("cat"), StderrSink.discarding())) {
      byte[] all = new byte[256];
      for (int i = 0; i < all.length; i++) {
        all[i] = (byte) i;
      }
      process.stdin().write(all);
      process.stdin().close();
      assertThat(process.stdout().readAllBytes()).isEqualTo(all);
    }
  }
}
