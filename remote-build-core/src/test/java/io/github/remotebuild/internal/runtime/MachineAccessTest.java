package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreUri;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineAccessTest {
  private static Machine machine(String uri) {
    return Machine.at(uri).forSystems("x86_64-linux").build();
  }

  @ParameterizedTest
  @CsvSource({
    "ssh://localhost, true",
    "ssh-ng://localhost, true",
    "local?root=/mnt, true",
    "/mnt, true",
    "ssh://root@localhost, false",
    "ssh://localhost:2222, false",
    "ssh://localhost.example.org, false",
    "ssh://builder, false"
  })
  void only_localhost_without_user_and_port_needs_no_ssh(String uri, boolean isLocal) {
    assertThat(MachineAccess.isOnThisComputer(StoreUri.parse(uri))).isEqualTo(isLocal);
  }

  @Test
  void a_program_and_a_store_of_the_machines_own_are_used() {
    assertThat(
            MachineAccess.command(
                    machine("ssh://m?remote-program=/opt/nix/bin/nix-store&remote-store=/mnt"))
                .words())
        .startsWith("/opt/nix/bin/nix-store")
        .containsSequence("--store", "/mnt");
  }

  @Test
  void another_store_on_this_computer_does_not_pass_builds_on() {
    assertThat(MachineAccess.command(machine("local?root=/mnt")).words())
        .containsSequence("--store", "local?root=/mnt", "--builders", "", "--max-jobs", "1");
  }

  @Test
  void a_daemon_as_program_is_objected_to() {
    assertThat(MachineAccess.objection(machine("ssh-ng://m?remote-program=nix-daemon")))
        .isPresent();
    assertThat(MachineAccess.objection(machine("ssh-ng://m"))).isEmpty();
  }
}
