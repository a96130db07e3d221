package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example of the README: a service builds on a farm where one machine hangs up. */
class ThreeDerivationsTest {
  @Test
  void three_derivations_are_built_although_one_machine_hangs_up_at_byte_10000() throws Exception {
    // begin
    try (EmbeddedFarm farm =
        EmbeddedFarm.builder()
            .machine("steady")
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

      try (RemoteBuilds builds =
          RemoteBuilds.on(farm.farm()).connectingWith(farm.transport()).hub(farm.hub()).open()) {
        BuildOutcome outcome = builds.build(BuildRequest.of(top));

        assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
        assertThat(farm.machine("shaky").built()).isEmpty();
        assertThat(farm.hub().store().text(farm.output(top))).contains("30000", "5000");
      }
    }
    // end
  }

  @Test
  void the_readme_shows_this_very_code() throws IOException {
    String here =
        Files.readString(
            Path.of(
                "src/test/java/io/github/remotebuild/testkit/embedded/ThreeDerivationsTest.java"));
    String code = here.substring(here.indexOf("// begin") + 8, here.indexOf("// end"));

    assertThat(withoutBlanks(Files.readString(Path.of("..", "README.md"))))
        .contains(withoutBlanks(code));
  }

  private static String withoutBlanks(String text) {
    return text.replaceAll("\\s", "");
  }
}
