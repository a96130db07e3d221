package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.embedded.BuildContext;
import io.github.remotebuild.testkit.embedded.BuildFailedException;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import org.junit.jupiter.api.Test;

/** Nix calls it a permanent failure when the kernel kills a builder; it is not the derivation's. */
class MachineOutOfMemoryTest {
  /** Fails on the small machine, saying what it has to say first. */
  private static void compile(BuildContext context, String log, String message) throws Exception {
    if (context.machine().equals("small")) {
      context.log(log);
      throw new BuildFailedException(BuildStatus.PERMANENT_FAILURE, message);
    }
    context.write("out", "compiled on " + context.machine());
  }

  private static DerivationResult result(String log, String message) throws Exception {
    try (EmbeddedFarm farm =
        EmbeddedFarm.builder()
            .machine(EmbeddedMachine.named("small").speedFactor(2))
            .machine(EmbeddedMachine.named("large"))
            .building("compile", context -> compile(context, log, message))
            .start()) {
      StorePath drv =
          farm.add(farm.derivation("program").system("x86_64-linux").builder("compile"));
      try (RemoteBuilds builds =
          RemoteBuilds.on(farm.farm()).connectingWith(farm.transport()).hub(farm.hub()).open()) {
        return builds.build(BuildRequest.of(drv)).results().get(drv);
      }
    }
  }

  private static Failure firstFailure(DerivationResult result) {
    Attempt first = result.attempts().get(0);
    assertThat(first.machine()).isEqualTo("small");
    return first.failure().orElseThrow();
  }

  @Test
  void a_log_that_ends_without_memory_moves_the_build() throws Exception {
    DerivationResult result =
        result("ld: out of memory", "builder for 'program.drv' failed with exit code 1");

    assertThat(result).isInstanceOf(DerivationResult.Built.class);
    assertThat(firstFailure(result).cause()).isEqualTo(FailureCause.RESOURCES_EXHAUSTED);
    assertThat(firstFailure(result).culprit()).isEqualTo(Culprit.UNKNOWN);
  }

  @Test
  void a_builder_that_was_killed_moves_the_build() throws Exception {
    DerivationResult result =
        result("linking", "builder for 'program.drv' failed due to signal 9 (Killed)");

    assertThat(result).isInstanceOf(DerivationResult.Built.class);
    assertThat(firstFailure(result).cause()).isEqualTo(FailureCause.BUILD_FAILED);
    assertThat(firstFailure(result).culprit()).isEqualTo(Culprit.UNKNOWN);
  }

  @Test
  void a_builder_that_fails_by_itself_is_not_tried_again() throws Exception {
    DerivationResult result =
        result("syntax error", "builder for 'program.drv' failed with exit code 1");

    assertThat(result).isInstanceOf(DerivationResult.Failed.class);
    assertThat(result.attempts()).hasSize(1);
  }
}
