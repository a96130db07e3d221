package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import io.github.remotebuild.testkit.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This computer, and others, as a hub that builds. */
@NeedsRealPeers
@Timeout(120)
class LocalMachineIT {
  private static final String SYSTEM = "x86_64-linux";
  private static final String SAY_HOST = "read host < /proc/sys/kernel/hostname; echo $host > $out";

  /** Two derivations on which a third depends, each of which says where it was built. */
  private static final String DIAMOND =
      """
      let
        where = "read host < /proc/sys/kernel/hostname; echo $host";
        left = sh "left" "${where} > $out" { };
        right = sh "right" "${where} > $out" { };
      in sh "top" "{ cat ${left} ${right}; ${where}; } > $out" { }
      """;

  private final RealPeers peers;
  private final RealHub hub;
  private final RealMachine alpha;
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();

  LocalMachineIT(RealPeers peers) {
    this.peers = peers;
    this.hub = peers.hub();
    this.alpha = peers.machine("alpha");
  }

  private static String thisHost() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private static Machine local(int maxJobs) {
    return Machine.local().forSystems(SYSTEM).maxJobs(maxJobs).build();
  }

  private Machine remote() {
    return MachinesFile.parse(
            "a test", RealPeers.machinesFile(alpha.entry()), SystemType.of(SYSTEM))
        .farm()
        .machine(0);
  }

  private String diamond() {
    return hub.instantiate(Recipe.of(DIAMOND)).get(0);
  }

  private BuildOutcome build(Locality locality, int localJobs, String drv)
      throws InterruptedException {
    try (RemoteBuilds builds =
        RemoteBuilds.on(Farm.of(local(localJobs), remote()))
            .connectingWith(SshTransport.withDefaults())
            .listening(events::add)
            .open()) {
      return builds.build(BuildRequest.of(StorePath.parse(drv)).placing(locality));
    }
  }

  private <E extends BuildEvent> List<E> heard(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private List<String> hosts(String drv) throws IOException {
    return Files.readAllLines(hub.file(hub.output(drv, "out")));
  }

  @Test
  void local_first_builds_a_graph_here_and_moves_nothing() throws Exception {
    String drv = diamond();

    BuildOutcome outcome = build(Locality.LOCAL_FIRST, 2, drv);

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(hosts(drv)).containsOnly(thisHost()).hasSize(3);
    assertThat(hub.verifies(hub.output(drv, "out"))).isTrue();
    assertThat(heard(BuildEvent.UploadStarted.class)).isEmpty();
    assertThat(heard(BuildEvent.DownloadStarted.class)).isEmpty();
    assertThat(heard(BuildEvent.AttemptStarted.class))
        .extracting(BuildEvent.AttemptStarted::machine)
        .containsOnly("local")
        .hasSize(3);
  }

  @Test
  void never_local_builds_the_same_graph_elsewhere() throws Exception {
    String drv = diamond();

    BuildOutcome outcome = build(Locality.NEVER_LOCAL, 2, drv);

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(hosts(drv)).containsOnly("alpha").hasSize(3);
    assertThat(heard(BuildEvent.DownloadStarted.class)).isNotEmpty();
  }

  @Test
  void while_a_slot_is_free_here_the_graph_is_spread() throws Exception {
    String drv =
        hub.instantiate(
                Recipe.of(
                    """
                    let
                      where = "read host < /proc/sys/kernel/hostname; sleep 1; echo $host";
                      left = sh "left" "${where} > $out" { };
                      right = sh "right" "${where} > $out" { };
                    in sh "top" "{ cat ${left} ${right}; ${where}; } > $out" { }
                    """))
            .get(0);

    BuildOutcome outcome = build(Locality.LOCAL_WHEN_FREE, 1, drv);

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    List<String> hosts = hosts(drv);
    assertThat(hosts.subList(0, 2)).containsExactlyInAnyOrder(thisHost(), "alpha");
    assertThat(hosts.get(2)).as("when both slots are free").isEqualTo(thisHost());
  }

  @Test
  void what_prefers_to_be_local_is_local_and_the_log_and_failure_are_told() throws Exception {
    String drv =
        hub.instantiate(
                Recipe.of("sh \"bad\" \"echo last words; exit 3\" { preferLocalBuild = true; }"))
            .get(0);
    try (RemoteBuilds builds =
        RemoteBuilds.on(Farm.of(remote(), local(1)))
            .connectingWith(SshTransport.withDefaults())
            .listening(events::add)
            .open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(StorePath.parse(drv)));

      assertThat(((BuildOutcome.Failed) outcome).failure().message())
          .isEqualTo("Could not build " + drv + " on local: its builder failed with exit code 3");
      assertThat(outcome.results().get(StorePath.parse(drv)).attempts())
          .extracting(Attempt::machine)
          .containsExactly("local");
      assertThat(heard(BuildEvent.LogLine.class))
          .extracting(BuildEvent.LogLine::line)
          .contains("last words");
    }
  }

  /** A configuration that sends every build to alpha and allows none here. */
  private String delegating() {
    return "NIX_CONFIG=max-jobs = 0\nbuilders = "
        + RealPeers.machinesFile(alpha.entry()).strip()
        + "\n";
  }

  private String buildIn(List<String> program) throws Exception {
    String drv = Recipe.one(hub, "here", SAY_HOST);
    try (RemoteBuilds builds =
        RemoteBuilds.on(Farm.of(local(1)))
            .hub(ServeStore.local(ServeCommand.nixStore().withProgram(program)))
            .open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(StorePath.parse(drv)));
      assertThat(outcome).as(outcome.toString()).isInstanceOf(BuildOutcome.Built.class);
    }
    return Files.readString(hub.file(hub.output(drv, "out"))).strip();
  }

  @Test
  void a_configuration_that_delegates_everything_does_not_send_it_away() throws Exception {
    String control = Recipe.one(hub, "control", SAY_HOST);
    Tool.of("env", delegating(), "nix-store", "--realise", control).run().orThrow();
    assertThat(hosts(control)).as("what Nix does by itself").containsExactly("alpha");

    assertThat(buildIn(List.of("env", delegating(), "nix-store"))).isEqualTo(thisHost());
  }

  @Test
  void nor_does_a_daemon_with_such_a_configuration(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("socket");
    ProcessBuilder daemon = new ProcessBuilder("nix-daemon");
    Map<String, String> environment = daemon.environment();
    environment.put("NIX_DAEMON_SOCKET_PATH", socket.toString());
    environment.put("NIX_CONFIG", delegating().substring("NIX_CONFIG=".length()));
    daemon.redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile());
    Process process = daemon.start();
    try {
      Eventually.within(Duration.ofSeconds(20), () -> socket, path -> assertThat(path).exists());
      String remote = "NIX_REMOTE=unix://" + socket;
      String control = Recipe.one(hub, "control", SAY_HOST);
      Tool.of("env", remote, "nix-store", "--realise", control).run().orThrow();
      assertThat(hosts(control)).as("what the daemon does by itself").containsExactly("alpha");

      assertThat(buildIn(List.of("env", remote, "nix-store"))).isEqualTo(thisHost());
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void a_hub_elsewhere_builds_where_it_is_whatever_its_nix(String name) throws Exception {
    RealMachine machine = peers.machine(name);
    String delegating =
        "NIX_CONFIG=max-jobs = 0\nbuilders = ssh://nowhere.invalid " + SYSTEM + "\n";
    String drv = instantiate(machine);
    assertThat(machine.run("env", delegating, "nix-store", "--realise", instantiate(machine)))
        .as("what Nix does by itself")
        .satisfies(result -> assertThat(result.status()).isNotZero());
    ServeStore store =
        new ServeStore(
            "the hub on " + name,
            StoreDir.NIX,
            SshTransport.withDefaults().knownHosts(peers.knownHosts()).identity(peers.identity()),
            peers.endpoint(name),
            ServeCommand.nixStore().withProgram(List.of("env", delegating, "nix-store")));

    try (RemoteBuilds builds = RemoteBuilds.on(Farm.of(local(1))).hub(store).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(StorePath.parse(drv)));

      assertThat(outcome).as(outcome.toString()).isInstanceOf(BuildOutcome.Built.class);
      String output = ((BuildOutcome.Built) outcome).outputs(StorePath.parse(drv)).get("out") + "";
      assertThat(machine.run("cat", output).orThrow().out().strip()).isEqualTo(name);
      assertThat(machine.isValid(output)).isTrue();
    }
  }

  private static String instantiate(RealMachine machine) {
    String expression = Recipe.of("sh \"there\" \"" + SAY_HOST + "\" { }");
    return machine.run("nix-instantiate", "--expr", expression).orThrow().out().strip();
  }

  @Test
  void the_command_line_needs_no_machines_to_build_here(@TempDir Path directory) throws Exception {
    String drv = diamond();
    Path nobody = Cli.file(directory, "");

    Cli.Run run = Cli.build(nobody, "-j2", drv);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.paths()).containsExactly(hub.output(drv, "out"));
    assertThat(run.err()).contains("building " + drv + " on local", "built top.drv on local");
    assertThat(hosts(drv)).containsOnly(thisHost());
  }

  @Test
  void the_command_line_uses_both_sides_as_nix_does(@TempDir Path directory) throws Exception {
    Path machines = Cli.file(directory, RealPeers.machinesFile(alpha.entry()));
    String plain = Recipe.one(hub, "plain", SAY_HOST);
    String prefers =
        hub.instantiate(
                Recipe.of("sh \"prefers\" \"" + SAY_HOST + "\" { preferLocalBuild = true; }"))
            .get(0);

    Cli.Run run = Cli.build(machines, "-j1", plain, prefers);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(hosts(plain)).containsExactly("alpha");
    assertThat(hosts(prefers)).containsExactly(thisHost());
  }
}
