package io.github.remotebuild.testkit;

import io.github.remotebuild.transport.Endpoint;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A farm of real machines with a real Nix, and the hub beside it, as {@code .ci/real-peers} makes
 * them. Immutable; safe for use by several threads.
 *
 * <p>Tests share the farm that {@link NeedsRealPeers} hands them, so they only build there, things
 * with a {@link #salt()}. A test that breaks machines starts a farm of its own: {@link #another}.
 *
 * @since 0.1
 */
public final class RealPeers {
  /**
   * The environment variable that names a farm's {@code peers.properties}; {@code none} keeps the
   * tests that need one from running.
   */
  public static final String VARIABLE = "REMOTE_BUILD_PEERS";

  /** The environment variable that, set to {@code 1}, makes it a failure if they do not run. */
  public static final String REQUIRED = "REMOTE_BUILD_REQUIRE_PEERS";

  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;
  private final Properties properties = new Properties();

  private RealPeers(Path file) {
    this.file = file;
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + file + ", which should name a farm", e);
    }
  }

  /** The farm of a {@code peers.properties}. */
  public static RealPeers of(Path file) {
    return new RealPeers(file);
  }

  /** A text that no other call of this method returns, here or in another process. */
  public static String salt() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Starts one more farm, with empty stores; takes about three seconds. */
  public OwnFarm another() {
    return OwnFarm.start(script());
  }

  /**
   * A farm that a test has to itself. Closing it takes it down and removes its files; the end of
   * the program does so too. Safe for use by several threads.
   */
  public static final class OwnFarm implements AutoCloseable {
    private final String script;
    private final Path directory;
    private final Thread atExit;
    private boolean isDown;

    private OwnFarm(String script, Path directory) {
      this.script = script;
      this.directory = directory;
      this.atExit = new Thread(this::takeDown, "takes down the farm in " + directory);
    }

    /**
     * Starts one in a new directory.
     *
     * @param script {@code .ci/real-peers}
     * @throws AssertionError if that does not succeed within five minutes; nothing is left then
     */
    static OwnFarm start(String script) {
      Path directory;
      try {
        directory = Files.createTempDirectory("real-peers");
      } catch (IOException e) {
        throw new UncheckedIOException("Could not make a directory for a farm", e);
      }
      OwnFarm farm = new OwnFarm(script, directory);
      Runtime.getRuntime().addShutdownHook(farm.atExit);
      try {
        Tool.of(script, "up", directory.toString()).within(START_LIMIT).run().orThrow();
        return farm;
      } catch (RuntimeException | AssertionError e) {
        try {
          farm.close();
        } catch (RuntimeException | AssertionError another) {
          e.addSuppressed(another);
        }
        throw e;
      }
    }

    /** The machines. */
    public RealPeers peers() {
      return of(directory.resolve("peers.properties"));
    }

    @Override
    public void close() {
      takeDown();
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        // The program is ending.
      }
    }

    /** Whoever comes second waits for the first: the program does not end half-way. */
    private synchronized void takeDown() {
      if (!isDown) {
        isDown = true;
        Tool.of(script, "down", directory.toString()).run().orThrow();
        Tool.of("rm", "-rf", "--one-file-system", directory.toString()).run().orThrow();
      }
    }
  }

  /** Where the farm's files are. */
  Path directory() {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalStateException(file + " is in no directory");
    }
    return parent;
  }

  String script() {
    return property("script");
  }

  String property(String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException(file + " has no '" + key + "'");
    }
    return value;
  }

  /** The store that the builds come from. */
  public RealHub hub() {
    return RealHub.ofThisComputer();
  }

  /** The names of the machines. */
  public List<String> names() {
    return Arrays.asList(property("machines").split(","));
  }

  /** All machines. */
  public List<RealMachine> machines() {
    return names().stream().map(this::machine).toList();
  }

  /** The machine of a name. */
  public RealMachine machine(String name) {
    return new RealMachine(this, name);
  }

  /** A machines file with these lines. */
  public static String machinesFile(MachineEntry... lines) {
    return Arrays.stream(lines).map(line -> line + "\n").collect(Collectors.joining());
  }

  /** The private key that all machines let in. */
  public Path identity() {
    return Path.of(property("identity"));
  }

  /** The host keys of all machines. */
  public Path knownHosts() {
    return Path.of(property("knownHosts"));
  }

  /** A configuration file for {@code ssh} that knows the machines by name. */
  public Path sshConfig() {
    return Path.of(property("sshConfig"));
  }

  /** A machine's host key, in the form {@code ssh-ed25519 AAAA…}. */
  public String hostKey(String machine) {
    return property(machine + ".hostKey");
  }

  /** How to reach a machine, without a key of its own and without a pinned host key. */
  public Endpoint endpoint(String machine) {
    return endpoint(machine, Optional.empty(), Optional.empty());
  }

  /** How to reach a machine. */
  public Endpoint endpoint(String machine, Optional<Path> identity, Optional<String> hostKey) {
    return new Endpoint(
        machine,
        Optional.of(property(machine + ".user")),
        property(machine + ".host"),
        OptionalInt.of(Integer.parseInt(property(machine + ".port"))),
        identity.map(Path::toString),
        hostKey,
        false);
  }
}
