package io.github.remotebuild.testkit;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The farm that the tests of a run share. It is started when the first of them asks, and taken down
 * when JUnit closes this, which it does at the end of the run. Safe for use by several threads.
 */
final class SharedFarm implements AutoCloseable {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SharedFarm.class);

  private final Path script;
  private final PrintStream out;
  private RealPeers.@Nullable OwnFarm farm;
  private @Nullable AssertionError problem;

  private SharedFarm(Path script, PrintStream out) {
    this.script = script;
    this.out = out;
  }

  /**
   * The one of this run.
   *
   * @param script what starts it
   * @param out what is told which machines these are
   */
  static SharedFarm of(ExtensionContext context, Path script, PrintStream out) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            SharedFarm.class, key -> new SharedFarm(script, out), SharedFarm.class);
  }

  /**
   * Its machines.
   *
   * @throws AssertionError if they cannot be started; it is not tried again
   */
  synchronized RealPeers peers() {
    if (problem != null) {
      throw problem;
    }
    if (farm == null) {
      farm = start();
    }
    return farm.peers();
  }

  private RealPeers.OwnFarm start() {
    try {
      RealPeers.OwnFarm own = RealPeers.OwnFarm.start(script.toString());
      out.println(
          own.peers().machines().stream()
              .map(machine -> machine.name() + " with Nix " + machine.nixVersion())
              .collect(Collectors.joining(", ", "Real machines for these tests: ", "")));
      return own;
    } catch (RuntimeException | AssertionError e) {
      problem =
          new AssertionError(
              "Could not start real Nix machines, although this computer has what they need: "
                  + String.valueOf(e.getMessage()).strip()
                  + "\n"
                  + RealPeers.VARIABLE
                  + "="
                  + PeerSearch.NONE
                  + " leaves out the tests that need them",
              e);
      throw problem;
    }
  }

  @Override
  public synchronized void close() {
    if (farm != null) {
      farm.close();
    }
  }
}
