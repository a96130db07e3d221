package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph whose parts each need another machine. */
@NeedsRealPeers
class FeatureGraphIT {
  private static final String GRAPH =
      """
      let
        say = "echo log of $name; read host < /proc/sys/kernel/hostname; ";
        foo = sh "needs-foo" (say + "echo FOO $host > $out") { requiredSystemFeatures = [ "foo" ]; };
        bar = sh "needs-bar" (say + "echo BAR $host > $out") { requiredSystemFeatures = [ "bar" ]; };
        baz = sh "needs-baz" (say + "read x < ${bar}; echo $x, BAZ $host > $out")
          { requiredSystemFeatures = [ "baz" ]; };
        top = sh "top" (say + "read x < ${foo}; read y < ${baz}; echo $x, $y > $out") { };
      in [ foo bar baz top ]
      """;

  private static final String CONTENT = "FOO alpha, BAR beta, BAZ gamma\n";
  private static final List<String> NAMES = List.of("needs-foo", "needs-bar", "needs-baz", "top");

  private final RealHub hub;
  private final RealMachine alpha;
  private final RealMachine beta;
  private final RealMachine gamma;
  private final String machines;

  FeatureGraphIT(RealPeers peers) {
    hub = peers.hub();
    alpha = peers.machine("alpha");
    beta = peers.machine("beta");
    gamma = peers.machine("gamma");
    machines =
        machinesFile(
            alpha.entry().withFeatures("foo"),
            beta.entry().withFeatures("bar"),
            gamma.entry().withFeatures("baz"));
  }

  @Test
  void the_library_builds_each_part_where_its_feature_is() throws Exception {
    List<String> graph = hub.instantiate(Recipe.of(GRAPH));
    List<BuildEvent.LogLine> log = new CopyOnWriteArrayList<>();

    BuildOutcome outcome;
    try (RemoteBuilds builds =
        RemoteBuilds.on(MachinesFile.parse("test", machines, SystemType.of("x86_64-linux")))
            .connectingWith(SshTransport.withDefaults())
            .open()) {
      outcome =
          builds.build(
              BuildRequest.of(StorePath.parse(graph.get(3)))
                  .listening(
                      event -> {
                        if (event instanceof BuildEvent.LogLine line) {
                          log.add(line);
                        }
                      }));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    Map<String, String> machineOf =
        outcome.results().values().stream()
            .map(DerivationResult.Built.class::cast)
            .collect(toMap(r -> r.derivation().derivationName(), DerivationResult.Built::machine));
    assertThat(machineOf)
        .containsEntry("needs-foo", "root@" + alpha.host())
        .containsEntry("needs-bar", "root@" + beta.host())
        .containsEntry("needs-baz", "root@" + gamma.host())
        .containsOnlyKeys(NAMES);
    assertThat(log)
        .extracting(
            l -> l.derivation().derivationName(), BuildEvent.LogLine::line, l -> l.machine())
        .containsExactlyInAnyOrderElementsOf(
            NAMES.stream()
                .map(n -> org.assertj.core.groups.Tuple.tuple(n, "log of " + n, machineOf.get(n)))
                .toList());
    assertThatEverythingIsThere(graph);
  }

  @Test
  void so_does_the_command_line(@TempDir Path directory) throws Exception {
    List<String> graph = hub.instantiate(Recipe.of(GRAPH));

    Cli.Run run = Cli.build(Cli.file(directory, machines), "-v", graph.get(3));

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.paths()).containsExactly(hub.output(graph.get(3), "out"));
    assertThat(run.err())
        .contains("4 derivations to build")
        .contains("building " + graph.get(0) + " on root@" + alpha.host())
        .contains("building " + graph.get(1) + " on root@" + beta.host())
        .contains("building " + graph.get(2) + " on root@" + gamma.host());
    assertThat(NAMES)
        .allSatisfy(name -> assertThat(run.err()).contains(name + "> log of " + name + "\n"));
    assertThatEverythingIsThere(graph);
  }

  private void assertThatEverythingIsThere(List<String> graph) throws IOException {
    List<String> outputs = graph.stream().map(drv -> hub.output(drv, "out")).toList();
    assertThat(outputs).allMatch(hub::verifies);
    assertThat(Files.readString(hub.file(outputs.get(3)))).isEqualTo(CONTENT);
    assertThat(gamma.isValid(outputs.get(1))).as("the input of baz is on gamma").isTrue();
    assertThat(beta.isValid(outputs.get(2))).as("what bar does not need is on beta").isFalse();
  }
}
