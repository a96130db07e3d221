package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.fault.Fault;
import org.junit.jupiter.api.Test;

/** The example of the README: a service builds on a farm where one machine hangs up. */
class ThreeDerivationsTest {
  @Test
  void three_derivations_are_built_although_one_machine_hangs_up_at_byte_10000() throws Exception {
    try (EmbeddedFarm farm =
        EmbeddedFarm.builder()
            .machine(EmbeddedMachine.named("steady"))
            .machine(
                EmbeddedMachine.named("shaky")
                    .speedFactor(2)
                    .suffering(Fault.cutAfterBytes(10_000)))
            .start()) {
      StorePath source = farm.hub().store().addText("source", "words ".repeat(5_000));
      StorePath left = farm.shellDerivation("left", "wc -c < " + source + " > $out", source);
      StorePath right = farm.shellDerivation("right", "wc -w < " + source + " > $out", source);
      StorePath top =
          farm.shellDerivation(
              "top",
              "cat " + farm.output(left) + " " + farm.output(right) + " > $out",
              left,
              right);

      BuildOutcome outcome;
      try (RemoteBuilds builds =
          RemoteBuilds.on(farm.farm()).connectingWith(farm.transport()).hub(farm.hub()).open()) {
        outcome = builds.build(BuildRequest.of(top));
      }

      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(farm.hub().store().text(farm.output(top)).split("\\s+"))
          .containsExactly("30000", "5000");
      assertThat(farm.machine("shaky").built()).isEmpty();
      assertThat(farm.machine("steady").built()).contains(left, right, top);
    }
  }
}
