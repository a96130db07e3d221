package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshErrorsTest {
  @TempDir private static Path directory;

  private static final KeyPair USER = ShellSshd.ecdsaKey();
  private static final KeyPair HOST = ShellSshd.ecdsaKey();
  private static final KeyPair HOST_RSA = ShellSshd.rsaKey();
  private static final KeyPair STRANGER = ShellSshd.ecdsaKey();
  private static Path identity;
  private static ShellSshd sshd;

  private final ThreadLedger threads = new ThreadLedger();

  @BeforeAll
  static void start() throws IOException {
    identity = ShellSshd.write(USER, directory.resolve("id_ecdsa"));
    sshd = ShellSshd.start(List.of(HOST, HOST_RSA), List.of(USER.getPublic()));
  }

  @AfterAll
  static void stop() throws IOException {
    sshd.close();
  }

  @AfterEach
  void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  private static String fingerprint(KeyPair key) {
    return KeyUtils.getFingerPrint(key.getPublic());
  }

  private static String text(KeyPair key) {
    return PublicKeyEntry.toString(key.getPublic());
  }

  private ConnectOptions options(Duration connect, Duration authenticate) {
    return new ConnectOptions(connect, authenticate, Duration.ofSeconds(10), 3, threads);
  }

  private static Endpoint endpoint(
      String host, int port, Optional<Path> key, Optional<String> hostKey) {
    return new Endpoint(
        "builder-2",
        Optional.of("builder"),
        host,
        OptionalInt.of(port),
        key.map(Path::toString),
        hostKey,
        false);
  }

  private static Endpoint here(Optional<Path> key, Optional<String> hostKey) {
    return endpoint("127.0.0.1", sshd.port(), key, hostKey);
  }

  private TransportException failure(Transport transport, Endpoint endpoint) {
    Duration ten = Duration.ofSeconds(10);
    return failure(transport, endpoint, options(ten, ten));
  }

  private static TransportException failure(
      Transport transport, Endpoint endpoint, ConnectOptions options) {
    return catchThrowableOfType(
        TransportException.class, () -> transport.connect(endpoint, options).close());
  }

  private void connects(Transport transport, Endpoint endpoint) throws Exception {
    Duration ten = Duration.ofSeconds(10);
    try (Connection connection = transport.connect(endpoint, options(ten, ten))) {
      assertThat(connection.isOpen()).isTrue();
    }
  }

  private static Path knownHosts(String... lines) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "known_hosts", ""), String.join("\n", lines) + "\n", UTF_8);
  }

  @Test
  void an_unknown_host_key_is_named_with_its_fingerprint_and_what_to_do() throws Exception {
    Path empty = knownHosts();
    Path missing = directory.resolve("missing");

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(empty).knownHosts(missing),
            here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_UNKNOWN);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: no host key is known for [127.0.0.1]:%d (%s has none,"
                + " %s does not exist). It shows ecdsa-sha2-nistp256 %s. If that is really its"
                + " key, add the line '[127.0.0.1]:%d %s' to %s, or give its public host key with"
                + " the machine.",
            sshd.port(), empty, missing, fingerprint(HOST), sshd.port(), text(HOST), empty);
  }

  @Test
  void the_line_an_unknown_host_key_message_proposes_works() throws Exception {
    Path file = knownHosts("[127.0.0.1]:" + sshd.port() + " " + text(HOST));
    connects(
        SshTransport.withDefaults().knownHosts(file),
        here(Optional.of(identity), Optional.empty()));
  }

  @Test
  void without_any_known_hosts_file_an_unknown_host_key_says_so() {
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_UNKNOWN);
    assertThat(failure)
        .hasMessageContaining("(none is given with the machine, and there is no known hosts file)")
        .hasMessageEndingWith("give its public host key with the machine.");
  }

  @Test
  void another_key_than_the_pinned_one_is_a_change_and_both_are_named() {
    TransportException failure =
        failure(
            SshTransport.withDefaults(), here(Optional.of(identity), Optional.of(text(STRANGER))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: its host key is not the one we know. It shows"
                + " ecdsa-sha2-nistp256 %s; expected ecdsa-sha2-nistp256 %s (given with the"
                + " machine). Either the machine was set up anew, or something else answers in its"
                + " place. Ask whoever runs it for the fingerprint, and only then replace the old"
                + " key.",
            fingerprint(HOST), fingerprint(STRANGER));
  }

  @Test
  void another_key_than_the_known_one_is_a_change_and_the_line_is_named() throws Exception {
    Path file = knownHosts("# a comment", "[127.0.0.1]:" + sshd.port() + " " + text(STRANGER));

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(file),
            here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
    assertThat(failure).hasMessageContaining(fingerprint(STRANGER) + " (" + file + ":2)");
  }

  @Test
  void a_pinned_key_wins_over_known_hosts() throws Exception {
    Path file = knownHosts("[127.0.0.1]:" + sshd.port() + " " + text(HOST));

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(file),
            here(Optional.of(identity), Optional.of(text(STRANGER))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
  }

  @Test
  void the_machine_is_asked_for_the_type_of_key_that_is_known() throws Exception {
    connects(SshTransport.withDefaults(), here(Optional.of(identity), Optional.of(text(HOST_RSA))));
    connects(SshTransport.withDefaults(), here(Optional.of(identity), Optional.of(text(HOST))));
  }

  @Test
  void a_host_key_of_another_type_than_all_known_ones_is_a_change() throws Exception {
    try (ShellSshd onlyRsa = ShellSshd.start(List.of(HOST_RSA), List.of(USER.getPublic()))) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", onlyRsa.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
      assertThat(failure).hasMessageContaining("It shows ssh-rsa " + fingerprint(HOST_RSA));
    }
  }

  @Test
  void a_revoked_host_key_is_refused_though_another_line_allows_it() throws Exception {
    Path file = knownHosts("* " + text(HOST), "@revoked * " + text(HOST));

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(file),
            here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: it shows the host key ecdsa-sha2-nistp256 %s (%s:2),"
                + " which is marked as revoked there.",
            fingerprint(HOST), file);
  }

  @Test
  void a_public_host_key_that_is_none_is_a_mistake_of_ours() {
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            here(Optional.of(identity), Optional.of("ssh-ed25519 AAAA")));

    assertThat(failure.problem()).isEqualTo(TransportProblem.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("the public host key given for it is no public key");
  }

  @Test
  void a_rejected_login_names_the_user_the_methods_and_the_keys() throws Exception {
    Path wrong = ShellSshd.write(STRANGER, directory.resolve("id_stranger"));

    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(wrong), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: 127.0.0.1 port %d does not let builder log in with"
                + " any key we have. It offers keyboard-interactive, publickey; we tried %s (ecdsa-sha2-nistp256 %s)."
                + " Check the user name, and that one of our keys is in the authorized_keys of"
                + " that user.",
            sshd.port(), wrong, fingerprint(STRANGER));
  }

  @Test
  void a_machine_that_takes_no_keys_is_told_from_one_that_knows_none_of_ours() throws Exception {
    try (ShellSshd noKeys = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      noKeys
          .server()
          .setUserAuthFactories(
              List.of(org.apache.sshd.server.auth.password.UserAuthPasswordFactory.INSTANCE));
      noKeys.server().setPasswordAuthenticator((user, password, session) -> false);
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint("127.0.0.1", noKeys.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
      assertThat(failure)
          .hasMessageContaining(
              "It offers password; we tried no key (logging in by key is not offered, and we know"
                  + " no other way)");
    }
  }

  @Test
  void a_login_without_any_key_says_so() {
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.empty(), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
    assertThat(failure)
        .hasMessageContaining(
            "we tried no key (none is given with the machine or for the transport)");
  }

  @Test
  void further_keys_are_tried_after_the_endpoints_own() throws Exception {
    Path wrong = ShellSshd.write(STRANGER, directory.resolve("id_wrong"));
    connects(
        SshTransport.withDefaults().identity(identity),
        here(Optional.of(wrong), Optional.of(text(HOST))));
  }

  @Test
  void an_agent_that_does_not_answer_is_mentioned_when_the_login_fails() {
    Path socket = directory.resolve("no-agent");
    TransportException failure =
        failure(
            SshTransport.withDefaults().agent(socket),
            here(Optional.empty(), Optional.of(text(HOST))));

    assertThat(failure)
        .hasMessageContaining("we tried no key (the agent at " + socket + " does not answer)");
  }

  @Test
  void a_missing_key_file_is_unusable() {
    Path missing = directory.resolve("id_missing");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(missing), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure)
        .hasMessage("Could not connect to builder-2: the private key %s does not exist.", missing);
  }

  @Test
  void a_key_file_of_garbage_is_unusable() throws Exception {
    Path garbage = Files.writeString(directory.resolve("id_garbage"), "good morning\n");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(garbage), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure).hasMessageEndingWith("id_garbage is no private key that we can read.");
  }

  @Test
  void a_public_key_in_place_of_the_private_one_is_recognised() throws Exception {
    Path pub = Files.writeString(directory.resolve("id.pub"), text(USER) + "\n");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(pub), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure).hasMessageEndingWith("id.pub is a public key; the private key is wanted.");
  }

  @Test
  void a_locked_key_without_a_passphrase_is_unusable_and_says_it_is_locked() {
    Path locked = ShellSshd.writeLocked(USER, directory.resolve("id_locked"), "höchst geheim");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(locked), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: the private key %s is locked, and no passphrase is"
                + " known for it.",
            locked);
  }

  @Test
  void a_locked_key_opens_with_its_passphrase_which_is_wiped_after_use() throws Exception {
    Path locked = ShellSshd.writeLocked(USER, directory.resolve("id_locked2"), "höchst geheim");
    char[] passphrase = "höchst geheim".toCharArray();
    connects(
        SshTransport.withDefaults().passphrases(file -> Optional.of(passphrase)),
        here(Optional.of(locked), Optional.of(text(HOST))));
    assertThat(new String(passphrase)).isEqualTo("\0".repeat(passphrase.length));
  }

  @Test
  void a_wrong_passphrase_is_told_from_none_and_not_repeated() {
    Path locked = ShellSshd.writeLocked(USER, directory.resolve("id_locked3"), "right");
    TransportException failure =
        failure(
            SshTransport.withDefaults().passphrases(file -> Optional.of("wrong!".toCharArray())),
            here(Optional.of(locked), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure)
        .hasMessageEndingWith("is locked, and the passphrase given for it does not open it.")
        .hasMessageNotContaining("wrong!");
  }

  @Test
  void an_endpoint_without_a_user_needs_a_default_one() throws Exception {
    Endpoint nameless =
        new Endpoint(
            "builder-2",
            Optional.empty(),
            "127.0.0.1",
            OptionalInt.of(sshd.port()),
            Optional.of(identity.toString()),
            Optional.of(text(HOST)),
            false);

    TransportException failure = failure(SshTransport.withDefaults(), nameless);
    assertThat(failure.problem()).isEqualTo(TransportProblem.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("no user is given");
    connects(SshTransport.withDefaults().defaultUser("builder"), nameless);
  }

  @Test
  void a_port_where_nobody_listens_is_unreachable() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0)) {
      port = gone.getLocalPort();
    }
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            endpoint("127.0.0.1", port, Optional.of(identity), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.UNREACHABLE);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: nobody listens at 127.0.0.1 port %d (Connection"
                + " refused). Check that sshd runs there, and the port.",
            port);
  }

  @Test
  void an_unknown_name_is_unreachable() {
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            endpoint(
                "no-such-machine.invalid", 22, Optional.of(identity), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.UNREACHABLE);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: the name no-such-machine.invalid is unknown. Check"
                + " its spelling, and the name service of this computer.");
  }

  @Test
  void a_machine_that_says_nothing_times_out() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1",
                  silent.getLocalPort(),
                  Optional.of(identity),
                  Optional.of(text(HOST))),
              options(Duration.ofMillis(300), Duration.ofSeconds(60)));

      assertThat(failure.problem()).isEqualTo(TransportProblem.TIMED_OUT);
      assertThat(failure)
          .hasMessageContaining("took the connection but did not say a word within 300 ms.");
    }
  }

  @Test
  void a_machine_that_stalls_after_its_greeting_times_out() throws Exception {
    try (Saboteur stalling = Saboteur.before(sshd.port()).stallingAfter(30)) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", stalling.port(), Optional.of(identity), Optional.of(text(HOST))),
              options(Duration.ofSeconds(60), Duration.ofMillis(300)));

      assertThat(failure.problem()).isEqualTo(TransportProblem.TIMED_OUT);
      assertThat(failure)
          .hasMessageContaining("answered, but did not agree on keys with us within 300 ms.");
    }
  }

  @Test
  void a_machine_that_trickles_its_handshake_still_times_out() throws Exception {
    try (Saboteur trickling = Saboteur.before(sshd.port()).trickling(Duration.ofMillis(20))) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", trickling.port(), Optional.of(identity), Optional.of(text(HOST))),
              options(Duration.ofSeconds(60), Duration.ofMillis(500)));

      assertThat(failure.problem()).isEqualTo(TransportProblem.TIMED_OUT);
    }
  }

  @Test
  void a_machine_that_hangs_up_at_once_is_told_from_one_that_is_down() throws Exception {
    try (Saboteur hangingUp = Saboteur.before(sshd.port()).hangingUpAfter(0)) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", hangingUp.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOST);
      assertThat(failure)
          .hasMessageContaining("took the connection and hung up at once.")
          .hasMessageContaining("MaxStartups");
    }
  }

  @Test
  void a_machine_that_hangs_up_in_the_handshake_is_lost() throws Exception {
    try (Saboteur hangingUp = Saboteur.before(sshd.port()).hangingUpAfter(200)) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", hangingUp.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOST);
      assertThat(failure).hasMessageContaining("broke while we agreed on keys and logged in");
    }
  }

  @Test
  void a_machine_without_a_common_algorithm_is_not_compatible() throws Exception {
    try (ShellSshd old = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      old.server()
          .setCipherFactories(List.of(org.apache.sshd.common.cipher.BuiltinCiphers.tripledescbc));
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint("127.0.0.1", old.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.NOT_COMPATIBLE);
      assertThat(failure)
          .hasMessageContaining("in common. It offers 3des-cbc; we offer aes128-gcm@openssh.com,");
    }
  }

  @Test
  void a_machine_that_refuses_another_program_says_so() throws Exception {
    try (ShellSshd busy = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      busy.server().setChannelFactories(List.of());
      Duration ten = Duration.ofSeconds(10);
      try (Connection connection =
          SshTransport.withDefaults()
              .connect(
                  endpoint(
                      "127.0.0.1", busy.port(), Optional.of(identity), Optional.of(text(HOST))),
                  options(ten, ten))) {
        TransportException failure =
            catchThrowableOfType(
                TransportException.class,
                () -> connection.start(List.of("true"), StderrSink.discarding()).close());

        assertThat(failure.problem()).isEqualTo(TransportProblem.PROCESS_REFUSED);
        assertThat(failure)
            .hasMessageStartingWith(
                "Could not start true on builder-2: the machine refuses to run another program")
            .hasMessageContaining("MaxSessions");
        assertThat(connection.isOpen()).isTrue();
      }
    }
  }
}
