package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.MachineEntry;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one can ask the command line for, and what it leaves and prints. */
@NeedsRealPeers
class TargetsIT {
  private static final String TWO_OUTPUTS =
      "sh \"two\" \"echo log of two; echo o > $out; echo d > $dev\""
          + " { outputs = [ \"out\" \"dev\" ]; }";

  private final RealHub hub;
  private final Path directory;
  private final Path machines;

  TargetsIT(RealPeers peers, @TempDir Path directory) {
    this.hub = peers.hub();
    this.directory = directory;
    this.machines =
        Cli.file(
            directory,
            machinesFile(
                peers.machines().stream().map(RealMachine::entry).toArray(MachineEntry[]::new)));
  }

  @AfterEach
  void unlink() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(file);
      }
    }
  }

  private String twoOutputs() {
    return hub.instantiate(Recipe.of(TWO_OUTPUTS)).get(0);
  }

  @Test
  void all_machines_work_at_once_whatever_their_nix() throws IOException {
    List<String> many =
        Recipe.many(
            hub,
            12,
            "twelve",
            "read host < /proc/sys/kernel/hostname; sleep 0.5; echo $host > $out");

    Cli.Run run = Cli.build(machines, many.toArray(String[]::new));

    assertThat(run.status()).as(run.err()).isZero();
    Set<String> hosts = new TreeSet<>();
    for (String path : run.paths()) {
      hosts.add(Files.readString(hub.file(path)).strip());
    }
    assertThat(hosts).containsExactly("alpha", "beta", "gamma");
    assertThat(run.paths()).hasSize(12).allMatch(hub::verifies);
  }

  @Test
  void an_output_alone_is_named_behind_a_caret() {
    String drv = twoOutputs();

    Cli.Run run = Cli.build(machines, drv + "^dev");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.paths()).containsExactly(hub.output(drv, "dev"));
    assertThat(hub.verifies(hub.output(drv, "dev"))).isTrue();
    assertThat(hub.isValid(hub.output(drv, "out"))).as("nobody asked for out").isFalse();
  }

  @Test
  void an_output_alone_is_named_behind_an_exclamation_mark() {
    String drv = twoOutputs();

    Cli.Run run = Cli.build(machines, drv + "!out");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.paths()).containsExactly(hub.output(drv, "out"));
    assertThat(hub.isValid(hub.output(drv, "dev"))).as("nobody asked for dev").isFalse();
  }

  @Test
  void all_outputs_are_the_default() {
    String drv = twoOutputs();

    Cli.Run run = Cli.build(machines, drv);

    assertThat(run.paths())
        .containsExactlyInAnyOrder(hub.output(drv, "dev"), hub.output(drv, "out"));
    assertThat(run.paths()).allMatch(hub::verifies);
  }

  @Test
  void out_links_are_named_as_nix_build_names_them_and_are_roots() throws IOException {
    String first = twoOutputs();
    String second = twoOutputs();
    String third = Recipe.one(hub, "third", "echo 3 > $out");
    Path link = directory.resolve("result");

    Cli.Run run = Cli.build(machines, "--out-link", link.toString(), first, second + "^dev", third);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(linkTo("result")).isEqualTo(hub.output(first, "out"));
    assertThat(linkTo("result-dev")).isEqualTo(hub.output(first, "dev"));
    assertThat(linkTo("result-2-dev")).isEqualTo(hub.output(second, "dev"));
    assertThat(linkTo("result-3")).isEqualTo(hub.output(third, "out"));
    assertThat(directory.resolve("result-2")).doesNotExist();
    for (String path : List.of(linkTo("result"), linkTo("result-dev"), linkTo("result-3"))) {
      assertThat(hub.delete(path).status()).as("deleting %s", path).isNotZero();
      assertThat(hub.verifies(path)).isTrue();
    }
    assertThat(hub.nixStore("--query", "--roots", linkTo("result-2-dev")).out())
        .contains(directory.resolve("result-2-dev").toString());
  }

  private String linkTo(String name) throws IOException {
    return Files.readSymbolicLink(directory.resolve(name)).toString();
  }

  @Test
  void a_link_that_cannot_be_made_is_told_of() {
    String drv = Recipe.one(hub, "unlinked", "echo 1 > $out");
    Path blocked = Cli.file(directory, "a file").resolve("result");

    Cli.Run run = Cli.build(machines, "--out-link", blocked.toString(), drv);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("Could not make the link " + blocked).doesNotContain("defect");
  }

  @Test
  void quiet_prints_nothing_but_results() {
    String drv = twoOutputs();

    Cli.Run run = Cli.build(machines, "--quiet", drv);

    assertThat(run.err()).isEmpty();
    assertThat(run.paths()).hasSize(2);
  }

  @Test
  void plainly_it_tells_what_is_built_where_but_not_the_log() {
    String drv = twoOutputs();

    Cli.Run run = Cli.build(machines, drv);

    assertThat(run.err())
        .contains("1 derivation to build", "building " + drv + " on root@", "built two.drv on ")
        .doesNotContain("log of two");
  }

  @Test
  void verbose_shows_the_log() {
    String drv = twoOutputs();

    Cli.Run run = Cli.build(machines, "-v", drv);

    assertThat(run.err()).contains("two> log of two\n", "two.drv: fetching 2 paths");
  }

  @Test
  void what_is_there_is_not_built_again() {
    List<String> drvs = new ArrayList<>(List.of(twoOutputs(), twoOutputs()));
    Cli.build(machines, drvs.toArray(String[]::new));

    Cli.Run again = Cli.build(machines, drvs.toArray(String[]::new));

    assertThat(again.status()).isZero();
    assertThat(again.err()).isEqualTo("nothing to build\n");
    assertThat(again.paths()).hasSize(4);
  }
}
