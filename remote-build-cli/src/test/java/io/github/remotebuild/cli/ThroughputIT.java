package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealPeers;
import io.github.remotebuild.testkit.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many small builds, beside {@code nix-build} on the same machines in the same minute. */
@NeedsRealPeers
class ThroughputIT {
  private static final int DERIVATIONS = 60;
  private static final double WANTED = 5;
  private static final int ROUNDS = 3;

  @Test
  void sixty_trivial_builds_are_five_times_faster_than_with_nix_build(
      RealPeers peers, @TempDir Path directory) {
    RealHub hub = peers.hub();
    Path machines =
        Cli.file(
            directory, machinesFile(peers.machine("alpha").entry(), peers.machine("beta").entry()));
    double ours = Double.MAX_VALUE;
    double nix = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS && nix / ours < WANTED; round++) {
      ours = Math.min(ours, seconds(hub, d -> Cli.process(List.of(), machines, d)));
      nix = Math.min(nix, seconds(hub, d -> nixBuild(machines, d)));
    }

    System.out.printf(
        Locale.ROOT,
        "%d trivial builds on two machines: remote-build %.2f s, nix-build %.2f s, ratio %.1f%n",
        DERIVATIONS,
        ours,
        nix,
        nix / ours);
    assertThat(nix / ours).isGreaterThanOrEqualTo(WANTED);
  }

  private interface Program {
    Tool of(String... derivations);
  }

  private static double seconds(RealHub hub, Program program) {
    List<String> drvs = Recipe.many(hub, DERIVATIONS, "trivial", "echo $number > $out");
    Tool tool = program.of(drvs.toArray(String[]::new)).within(Duration.ofMinutes(2));
    long begun = System.nanoTime();
    tool.run().orThrow();
    long took = System.nanoTime() - begun;
    assertThat(drvs).allMatch(drv -> hub.isValid(hub.output(drv, "out")));
    return took / 1e9;
  }

  private static Tool nixBuild(Path machines, String... derivations) {
    List<String> command = new ArrayList<>(List.of("nix-build", "-j0", "--no-out-link"));
    command.addAll(List.of("--option", "builders", "@" + machines));
    command.addAll(List.of(derivations));
    return Tool.of(command);
  }
}
