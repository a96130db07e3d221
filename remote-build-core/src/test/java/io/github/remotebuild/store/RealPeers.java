package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.remotebuild.transport.StderrSink;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The machines with a real Nix that the environment variable {@code REMOTE_BUILD_PEERS} names, and
 * the Nix of this machine.
 *
 * <p>The variable holds the path of a properties file with the keys {@code machines}, names with
 * commas between, and {@code sshConfig}, a configuration file for {@code ssh} that knows them.
 */
final class RealPeers {
  private static final String VARIABLE = "REMOTE_BUILD_PEERS";

  private final List<String> machines;
  private final String sshConfig;

  private RealPeers(Properties properties) {
    this.machines = List.of(properties.getProperty("machines").split(","));
    this.sshConfig = properties.getProperty("sshConfig");
  }

  /** Reads the file, or skips the test, or fails it if it must not be skipped. */
  static RealPeers load() throws IOException {
    String file = System.getenv(VARIABLE);
    if (file == null) {
      String reason = VARIABLE + " is not set: nothing is tried with a real Nix";
      if ("1".equals(System.getenv("REMOTE_BUILD_REQUIRE_PEERS"))) {
        fail(reason);
      }
      System.err.println("SKIPPED: " + reason);
      abort(reason);
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    }
    return new RealPeers(properties);
  }

  List<String> machines() {
    return machines;
  }

  List<String> shell(String machine) {
    return List.of("ssh", "-F", sshConfig, machine);
  }

  /** A session with the store of a machine, or with another store on it. */
  ServeSession open(String machine, ServeCommand command, StderrSink stderr)
      throws InterruptedException {
    return ServeSession.open(
        machine,
        new ProcessConnection(shell(machine)),
        command,
        stderr,
        SessionSettings.defaults());
  }

  ServeSession open(String machine, ServeCommand command) throws InterruptedException {
    return open(machine, command, StderrSink.discarding());
  }

  /** A session with a store of its own below a directory of this machine. */
  static ServeSession openLocal(Path root) throws InterruptedException {
    return ServeSession.open(
        "local",
        new ProcessConnection(),
        onScratch(root.toString()),
        StderrSink.discarding(),
        SessionSettings.defaults());
  }

  static ServeCommand onScratch(String root) {
    return ServeCommand.nixStore().onStore("local?root=" + root);
  }

  /** Runs a command here and returns what it prints, failing if it fails. */
  static String run(List<String> words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      fail(words + ": " + printed);
    }
    return printed;
  }

  String runOn(String machine, String script) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(shell(machine));
    words.add(script);
    return run(words);
  }
}
