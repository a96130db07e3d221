package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServeCommandTest {
  @Test
  void the_default_keeps_the_process_from_remembering_answers() {
    assertThat(ServeCommand.nixStore())
        .hasToString(
            "nix-store --serve --write --option narinfo-cache-negative-ttl 0"
                + " --option narinfo-cache-positive-ttl 0");
  }

  @Test
  void program_store_and_place_of_building_can_be_chosen() {
    List<String> words =
        ServeCommand.nixStore()
            .withProgram(List.of("sudo", "/opt/my nix/nix-store"))
            .onStore("local?root=/mnt")
            .buildingThere()
            .words();

    assertThat(words).startsWith("sudo", "/opt/my nix/nix-store", "--serve", "--write");
    assertThat(words).endsWith("--store", "local?root=/mnt", "--builders", "", "--max-jobs", "1");
  }

  @Test
  void a_command_without_a_program_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServeCommand.nixStore().withProgram(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServeCommand.nixStore().withProgram(List.of("")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ServeCommand(List.of("x"), Optional.of(""), false));
  }
}
