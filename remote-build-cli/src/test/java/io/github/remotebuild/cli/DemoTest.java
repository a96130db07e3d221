package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DemoTest {
  @Test
  @Timeout(60)
  void the_demo_builds_everything_although_a_machine_dies() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int status =
        Main.run(new PrintWriter(out, true), new PrintWriter(err, true), "demo", "--view", "plain");

    assertThat(status).as(err.toString()).isZero();
    assertThat(err.toString())
        .contains("oak   x86_64-linux   speed 4  2 slots  big-parallel, kvm")
        .contains("to oak, 0 of 2 slots taken, speed 4")
        .contains("fir: is aarch64-linux")
        .contains("elm: lacks feature kvm")
        .contains("moon> tracing its edge")
        .contains("somebody pulls the plug of oak")
        .contains("on oak: ")
        .contains("goes to elm")
        .contains("oak: is resting")
        .contains("somebody plugs oak in again")
        .contains("sent 1 path, 192 KiB")
        .containsPattern("proof +on oak");
    assertThat(out.toString())
        .contains("G R E E T I N G S")
        .contains("oak died after")
        .contains("and was back after")
        .contains("What it was building went elsewhere: ")
        .contains("All 15 outputs are in the hub and hold what they must");
    assertThat(out.toString().lines()).allMatch(line -> line.length() < 80);
    assertThat(err.toString().lines()).allMatch(line -> line.length() < 80);
  }

  @Test
  @Timeout(60)
  void the_builders_can_be_functions_where_processes_cannot_see_the_store()
      throws InterruptedException {
    try (EmbeddedFarm farm =
            EmbeddedFarm.builder()
                .machine(
                    EmbeddedMachine.named("all")
                        .forSystems("x86_64-linux", "aarch64-linux")
                        .supporting("kvm", "big-parallel")
                        .maxJobs(8))
                .building(Postcard.functionName(), Postcard::build)
                .start();
        RemoteBuilds builds = farm.remoteBuilds().open()) {
      Postcard postcard = Postcard.write(farm, Postcard.Builders.FUNCTIONS);

      BuildOutcome outcome = builds.build(BuildRequest.of(postcard.last()));

      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(postcard.check()).isEmpty();
    }
  }

  @Test
  void a_result_that_is_not_there_is_found_wanting() {
    try (EmbeddedFarm farm = EmbeddedFarm.builder().start()) {
      Postcard postcard = Postcard.write(farm, Postcard.Builders.FUNCTIONS);

      assertThat(postcard.check()).hasSize(postcard.size()).allMatch(w -> w.contains("not in the"));
    }
  }

  @Test
  void every_piece_is_described_before_those_that_need_it() {
    List<Piece> pieces = Piece.all();

    assertThat(pieces).hasSizeGreaterThanOrEqualTo(12);
    for (int i = 0; i < pieces.size(); i++) {
      List<String> before = pieces.subList(0, i).stream().map(Piece::name).toList();
      assertThat(before).containsAll(pieces.get(i).needs());
      assertThat(before)
          .containsAll(
              pieces.get(i).parts().stream().filter(part -> !part.equals("sheet")).toList());
    }
  }
}
