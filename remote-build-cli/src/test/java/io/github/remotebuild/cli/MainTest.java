package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String COMMANDS =
      """
      Commands:
        build  Builds derivations on the machines of a file.
        demo   Builds something on three machines that are part of this program.
        help   Display help information about the specified command.
      Try 'remote-build --help'.
      """;

  private static String said(String... arguments) {
    Cli.Run run = Cli.run(arguments);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    return run.err().replace(System.lineSeparator(), "\n");
  }

  @Test
  void a_command_that_is_not_there_is_answered_with_those_that_are() {
    assertThat(said("frob")).isEqualTo("remote-build: Unknown command: 'frob'\n" + COMMANDS);
    assertThat(said("frob", "--view", "plain"))
        .isEqualTo("remote-build: Unknown command: 'frob'\n" + COMMANDS);
    assertThat(said("help", "frob"))
        .isEqualTo("remote-build: Unknown subcommand 'frob'.\n" + COMMANDS);
  }

  @Test
  void no_command_is_answered_with_those_that_there_are() {
    assertThat(said()).isEqualTo("remote-build: Missing required subcommand\n" + COMMANDS);
  }

  @Test
  void an_option_that_is_not_there_is_not_taken_for_a_command() {
    assertThat(said("--frob")).startsWith("remote-build: Unknown option: '--frob'\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "build"})
  void a_command_answers_for_its_own_options(String command) {
    assertThat(said(command, "--frob", "x.drv"))
        .startsWith("remote-build: Unknown ")
        .endsWith("Try 'remote-build " + command + " --help'.\n")
        .doesNotContain("Commands:");
  }
}
