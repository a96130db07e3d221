package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.transport.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * An OpenSSH server of this test's own, on loopback, with an ed25519, an ECDSA and an RSA host key,
 * where the key {@code id_ed25519} in its directory may log in as the user who runs the test.
 */
final class OpenSshd implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/sbin/sshd");

  private final Path directory;
  private final int port;
  private final Process process;

  private OpenSshd(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /** Starts a server; for tests with {@link NeedsOpenSsh}. */
  static OpenSshd start(Path directory, String... options)
      throws IOException, InterruptedException {
    if (System.getProperty("user.name").equals("root")) {
      // The service makes it when it starts, which it need never have done on this computer.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    for (String type : List.of("ed25519", "ecdsa", "rsa")) {
      run("ssh-keygen", "-q", "-t", type, "-N", "", "-f", directory + "/host_" + type);
    }
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory + "/id_ed25519");
    Files.copy(directory.resolve("id_ed25519.pub"), directory.resolve("authorized_keys"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> config =
        new ArrayList<>(
            List.of(
                "ListenAddress 127.0.0.1:" + port,
                "HostKey " + directory + "/host_ed25519",
                "HostKey " + directory + "/host_ecdsa",
                "HostKey " + directory + "/host_rsa",
                "AuthorizedKeysFile " + directory + "/authorized_keys",
                "PidFile none",
                "UsePAM no",
                "StrictModes no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "LogLevel VERBOSE"));
    config.addAll(List.of(options));
    Path file = Files.write(directory.resolve("sshd_config"), config);
    Process process =
        new ProcessBuilder(PROGRAM.toString(), "-D", "-e", "-f", file.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
    String line = log.readLine();
    assertThat(line).as("what sshd says first").startsWith("Server listening");
    Thread drain = new Thread(() -> drain(log), "drains the log of a test's sshd");
    drain.setDaemon(true);
    drain.start();
    return new OpenSshd(directory, port, process);
  }

  private static void drain(BufferedReader log) {
    try {
      while (log.readLine() != null) {
        continue;
      }
    } catch (IOException e) {
      // The server was closed.
    }
  }

  /** Runs a program to its end. */
  static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
  }

  int port() {
    return port;
  }

  Path identity() {
    return directory.resolve("id_ed25519");
  }

  /** A host key, as in a public key file. */
  String hostKey(String type) throws IOException {
    return Files.readString(directory.resolve("host_" + type + ".pub")).strip();
  }

  /** Type and key, without the comment. */
  String hostKeyWords(String type) throws IOException {
    String[] words = hostKey(type).split(" ", -1);
    return words[0] + " " + words[1];
  }

  Endpoint endpoint(Optional<Path> identity, Optional<String> hostKey) {
    return new Endpoint(
        "builder-2",
        Optional.of(System.getProperty("user.name")),
        "127.0.0.1",
        OptionalInt.of(port),
        identity.map(Path::toString),
        hostKey,
        false);
  }

  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.waitFor(5, TimeUnit.SECONDS);
  }
}
