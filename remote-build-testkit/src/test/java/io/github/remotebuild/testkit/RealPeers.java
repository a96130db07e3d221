package io.github.remotebuild.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import io.github.remotebuild.transport.Endpoint;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;

/** The farm of real machines that the environment variable {@code REMOTE_BUILD_PEERS} names. */
final class RealPeers {
  private static final String VARIABLE = "REMOTE_BUILD_PEERS";
  private static final String REQUIRED = "REMOTE_BUILD_REQUIRE_PEERS";

  private final Properties properties;

  private RealPeers(Properties properties) {
    this.properties = properties;
  }

  /** The farm; without one the test is skipped, or fails if the environment demands a farm. */
  static RealPeers orSkip() throws IOException {
    String file = System.getenv(VARIABLE);
    if (file == null) {
      String reason =
          "SKIPPED: there is no farm of real machines; set "
              + VARIABLE
              + " to the peers.properties of one";
      if ("1".equals(System.getenv(REQUIRED))) {
        fail(reason + " (" + REQUIRED + "=1 demands it)");
      }
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    }
    return new RealPeers(properties);
  }

  Path identity() {
    return Path.of(properties.getProperty("identity"));
  }

  Path knownHosts() {
    return Path.of(properties.getProperty("knownHosts"));
  }

  String hostKey(String machine) {
    return properties.getProperty(machine + ".hostKey");
  }

  /** How to reach a machine, without a key of its own and without a pinned host key. */
  Endpoint endpoint(String machine) {
    return endpoint(machine, Optional.empty(), Optional.empty());
  }

  Endpoint endpoint(String machine, Optional<Path> identity, Optional<String> hostKey) {
    return new Endpoint(
        machine,
        Optional.of(properties.getProperty(machine + ".user")),
        properties.getProperty(machine + ".host"),
        OptionalInt.of(Integer.parseInt(properties.getProperty(machine + ".port"))),
        identity.map(Path::toString),
        hostKey,
        false);
  }
}
