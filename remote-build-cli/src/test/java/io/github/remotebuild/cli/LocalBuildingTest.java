package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.LocalPreference;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StorePath;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What the command line says of building on this computer. */
class LocalBuildingTest {
  private static final String SYSTEM = "x86_64-linux";
  private static final Machine AWAY = Machine.at("away").forSystems(SYSTEM).build();
  private static final BuildRequest REQUEST =
      BuildRequest.of(StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv"));

  @Command
  static final class Options {
    @CommandLine.Mixin LocalBuilding local;
  }

  private static LocalBuilding parse(String... words) {
    Options options = new Options();
    new CommandLine(options).parseArgs(words);
    return options.local;
  }

  private static Machine local(int maxJobs) {
    return Machine.local().forSystems(SYSTEM).maxJobs(maxJobs).supporting("mine").build();
  }

  @Test
  void nothing_is_built_on_this_computer_unless_it_is_said() {
    assertThat(parse().addTo(List.of(AWAY), SYSTEM)).isEqualTo(Farm.of(AWAY));
    assertThat(parse("-j", "0").addTo(List.of(AWAY), SYSTEM)).isEqualTo(Farm.of(AWAY));
    assertThat(parse().isEnough()).isFalse();
    assertThat(parse("-j0").isEnough()).isFalse();
    assertThat(parse("--max-jobs", "1").isEnough()).isTrue();
  }

  @Test
  void this_computer_comes_last_and_is_what_nix_takes_it_for() {
    Farm farm = parse("-j", "3").addTo(List.of(AWAY), SYSTEM);

    assertThat(farm.machine(0)).isEqualTo(AWAY);
    Machine here = farm.machine(1);
    assertThat(here.isLocal()).isTrue();
    assertThat(here.maxJobs()).isEqualTo(3);
    assertThat(here.systems()).map(Object::toString).containsExactly("i686-linux", SYSTEM);
    assertThat(here.features()).contains("benchmark", "big-parallel", "nixos-test");
    assertThat(parse("-j1").addTo(List.of(), "aarch64-linux").machine(0).systems()).hasSize(1);
  }

  @Test
  void auto_is_one_job_for_each_processor() {
    assertThat(parse("-j", "auto").addTo(List.of(), SYSTEM).machine(0).maxJobs())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void a_line_of_the_file_describes_it_and_the_option_says_only_how_many() {
    assertThat(parse().addTo(List.of(local(2), AWAY), SYSTEM)).isEqualTo(Farm.of(local(2), AWAY));
    assertThat(parse("-j5").addTo(List.of(local(2), AWAY), SYSTEM))
        .isEqualTo(Farm.of(local(5), AWAY));
    assertThat(parse("-j0").addTo(List.of(local(2), AWAY), SYSTEM))
        .isEqualTo(Farm.of(local(0), AWAY));
    assertThatThrownBy(() -> parse("-j5").addTo(List.of(local(2), local(1)), SYSTEM))
        .isInstanceOf(UsageProblem.class)
        .hasMessageContaining("2 lines for this computer");
  }

  @ParameterizedTest
  @EnumSource(Locality.class)
  void every_locality_has_a_word_that_overrides_the_derivation(Locality locality) {
    String word = locality.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

    BuildRequest placed = parse("--local", word).place(REQUEST);

    assertThat(placed.locality(LocalPreference.NONE)).contains(locality);
    assertThat(placed.locality(LocalPreference.PREFERS_LOCAL)).contains(locality);
  }

  @Test
  void without_a_word_it_is_as_in_nix() {
    for (LocalBuilding options : List.of(parse(), parse("--local", "as-nix"))) {
      BuildRequest placed = options.place(REQUEST);

      assertThat(placed.locality(LocalPreference.NONE)).contains(Locality.REMOTE_WHEN_FREE);
      assertThat(placed.locality(LocalPreference.PREFERS_LOCAL)).contains(Locality.LOCAL_FIRST);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-j, -1, neither a number of builds nor 'auto'",
    "-j, many, neither a number of builds nor 'auto'",
    "--local, here, 'here' is not one of as-nix, any, local-first",
  })
  void what_makes_no_sense_is_refused(String option, String value, String message) {
    Cli.Run run = Cli.run("build", option, value, "/nix/store/x.drv");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @Test
  void to_want_it_local_where_nothing_is_built_locally_is_a_mistake(@TempDir Path directory) {
    Path machines = Cli.file(directory, "ssh://away x86_64-linux\n");
    String drv = "/nix/store/00000000000000000000000000000000-a.drv";
    for (String word : Arrays.asList("local-first", "local-when-free")) {
      Cli.Run run = Cli.build(machines, "--local", word, drv);

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err())
          .contains("--local " + word + ": this computer builds nothing", "--max-jobs");
    }
  }
}
