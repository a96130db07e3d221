package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import java.io.IOException;
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
import org.junit.jupiter.api.io.TempDir;

/** A server in this process with two host keys, and ways to fail to connect to it. */
abstract class SshTestBed {
  @TempDir static Path directory;

  static final KeyPair USER = ShellSshd.ecdsaKey();
  static final KeyPair HOST = ShellSshd.ecdsaKey();
  static final KeyPair HOST_RSA = ShellSshd.rsaKey();
  static final KeyPair STRANGER = ShellSshd.ecdsaKey();
  static Path identity;
  static ShellSshd sshd;

  final ThreadLedger threads = new ThreadLedger();

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

  static String fingerprint(KeyPair key) {
    return KeyUtils.getFingerPrint(key.getPublic());
  }

  static String text(KeyPair key) {
    return PublicKeyEntry.toString(key.getPublic());
  }

  ConnectOptions options(Duration connect, Duration authenticate) {
    return new ConnectOptions(connect, authenticate, Duration.ofSeconds(10), 3, threads);
  }

  static Endpoint endpoint(String host, int port, Optional<Path> key, Optional<String> hostKey) {
    return new Endpoint(
        "builder-2",
        Optional.of("builder"),
        host,
        OptionalInt.of(port),
        key.map(Path::toString),
        hostKey,
        false);
  }

  static Endpoint here(Optional<Path> key, Optional<String> hostKey) {
    return endpoint("127.0.0.1", sshd.port(), key, hostKey);
  }

  TransportException failure(Transport transport, Endpoint endpoint) {
    Duration ten = Duration.ofSeconds(10);
    return failure(transport, endpoint, options(ten, ten));
  }

  static TransportException failure(
      Transport transport, Endpoint endpoint, ConnectOptions options) {
    return catchThrowableOfType(
        TransportException.class, () -> transport.connect(endpoint, options).close());
  }

  void connects(Transport transport, Endpoint endpoint) throws Exception {
    Duration ten = Duration.ofSeconds(10);
    try (Connection connection = transport.connect(endpoint, options(ten, ten))) {
      assertThat(connection.isOpen()).isTrue();
    }
  }

  static Path knownHosts(String... lines) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "known_hosts", ""), String.join("\n", lines) + "\n", UTF_8);
  }
}
