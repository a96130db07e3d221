package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How builds end, and what the exit status says of it. */
@NeedsRealPeers
class ExitStatusIT {
  private final RealPeers peers;
  private final RealHub hub;
  private final Path directory;

  ExitStatusIT(RealPeers peers, @TempDir Path directory) {
    this.peers = peers;
    this.hub = peers.hub();
    this.directory = directory;
  }

  private Path machines(String name) {
    return Cli.file(directory, machinesFile(peers.machine(name).entry()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void a_build_that_is_done_is_0(String name) {
    String drv = Recipe.one(hub, "done", "echo 1 > $out");

    Cli.Run run = Cli.build(machines(name), drv);

    assertThat(run.status()).as(run.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void a_build_that_fails_is_100_and_shows_its_last_words(String name) {
    String drv = Recipe.one(hub, "broken", "echo first; echo the disk is purple >&2; exit 3");
    RealMachine machine = peers.machine(name);

    Cli.Run run = Cli.build(machines(name), drv);

    assertThat(run.status()).isEqualTo(100);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .endsWith(
            "error: Could not build "
                + drv
                + " on root@"
                + machine.host()
                + ": its builder failed with exit code 3\n    first\n    the disk is purple\n");
  }

  @Test
  void quiet_still_shows_the_last_words() {
    String drv = Recipe.one(hub, "broken", "echo the disk is purple; exit 3");

    Cli.Run run = Cli.build(machines("alpha"), "-q", drv);

    assertThat(run.status()).isEqualTo(100);
    assertThat(run.err()).startsWith("error: Could not build " + drv).contains("disk is purple");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void an_output_that_is_not_made_is_100(String name) {
    String drv = Recipe.one(hub, "nothing", "true");

    Cli.Run run = Cli.build(machines(name), drv);

    assertThat(run.status()).isEqualTo(100);
    assertThat(run.err())
        .contains("error: Could not build " + drv + " on ", "failed to produce output path")
        .contains(hub.output(drv, "out"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void a_build_that_takes_too_long_is_101(String name) {
    String drv = Recipe.one(hub, "slow", "echo begun; sleep 30");

    Cli.Run run = Cli.build(machines(name), "--timeout", "1", drv);

    assertThat(run.status()).isEqualTo(101);
    assertThat(run.err())
        .contains("error: Could not build " + drv + " on root@" + peers.machine(name).host())
        .contains(": it ran for more than 1 s, and was stopped\n    begun\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void a_build_that_is_silent_too_long_is_101(String name) {
    String drv = Recipe.one(hub, "silent", "echo begun; sleep 30");

    Cli.Run run = Cli.build(machines(name), "--max-silent-time", "1", drv);

    assertThat(run.status()).isEqualTo(101);
    assertThat(run.err())
        .contains(": it printed nothing for more than 1 s, and was stopped\n    begun\n");
  }

  @Test
  void what_needs_a_failed_build_is_not_tried() {
    String top =
        hub.instantiate(
                Recipe.of(
                    """
                    let broken = sh "broken" "exit 1" { };
                    in sh "top" "cat ${broken} > $out" { }
                    """))
            .get(0);

    Cli.Run run = Cli.build(machines("alpha"), top);

    assertThat(run.status()).isEqualTo(100);
    assertThat(run.err())
        .contains("broken.drv on root@")
        .contains("top.drv was not tried, because it needs broken.drv");
  }

  @Test
  void keep_going_builds_what_can_be_built() {
    String broken = Recipe.one(hub, "broken", "exit 1");
    String slow = Recipe.one(hub, "sound", "sleep 1; echo 1 > $out");

    Cli.Run run = Cli.build(machines("alpha"), "--keep-going", broken, slow);

    assertThat(run.status()).isEqualTo(100);
    assertThat(hub.verifies(hub.output(slow, "out"))).isTrue();
  }

  @Test
  void no_machine_for_the_system_is_1() {
    String drv = Recipe.one(hub, "here", "echo 1 > $out");
    String line =
        peers.machine("alpha").entry().toString().replace("x86_64-linux", "riscv64-linux");

    Cli.Run run = Cli.build(Cli.file(directory, line), drv);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("error: Could not build " + drv + ": no machine can take the build")
        .contains("runs riscv64-linux, not x86_64-linux");
  }

  @Test
  void no_machine_with_the_feature_is_1() {
    String drv =
        hub.instantiate(
                Recipe.of("sh \"t\" \"echo 1 > $out\" { requiredSystemFeatures = [ \"kvm\" ]; }"))
            .get(0);

    Cli.Run run = Cli.build(machines("alpha"), drv);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("kvm", "root@" + peers.machine("alpha").host());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--timeout=never",
        "--timeout=-1",
        "--nonsense",
        "--system=",
        "/etc/passwd",
        "x.drv"
      })
  void bad_usage_is_2(String word) {
    Cli.Run run = Cli.build(machines("alpha"), word, Recipe.one(hub, "t", "echo 1 > $out"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).doesNotContain("defect");
  }

  @Test
  void no_derivation_at_all_is_2() {
    Cli.Run run = Cli.build(machines("alpha"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("Missing required parameter: 'DRV'");
  }
}
