package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.embedded.BuildContext;
import io.github.remotebuild.testkit.embedded.BuildFailedException;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each status that a machine can send, in each version it can speak, as a caller sees it. */
class StatusOfEachVersionTest {
  private static final Path TABLE = Path.of("../docs/failures.md");
  private static final int LOWEST_SPOKEN = 5;

  /** Fails with the status that the derivation is named after. */
  private static void fail(BuildContext context) throws BuildFailedException {
    BuildStatus status =
        BuildStatus.valueOf(context.derivationPath().derivationName().replace('-', '_'));
    throw new BuildFailedException(status, "as it was told to");
  }

  private static List<BuildStatus> failures() {
    return Arrays.stream(BuildStatus.values())
        .filter(status -> !status.isSuccess() && status != BuildStatus.UNKNOWN)
        .toList();
  }

  /** The cell of the documented table: the column of the row that has this in this column. */
  private static String cell(String heading, int keyColumn, String key, int column)
      throws IOException {
    String text = Files.readString(TABLE);
    return text.substring(text.indexOf("\n## " + heading + "\n"))
        .lines()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.split(" *\\| *", -1))
        .filter(cells -> cells[keyColumn + 1].equals(key))
        .findFirst()
        .orElseThrow()[column + 1];
  }

  private static String meaning(Failure failure) {
    return failure.cause() + " / " + failure.culprit() + " / " + failure.retry();
  }

  private static Failure failure(EmbeddedFarm farm, StorePath drv) throws InterruptedException {
    try (RemoteBuilds builds =
        RemoteBuilds.on(farm.farm()).connectingWith(farm.transport()).hub(farm.hub()).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      return ((BuildOutcome.Failed) outcome).failure();
    }
  }

  @ParameterizedTest(name = "2.{0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void each_status_means_what_the_table_says(int minor) throws Exception {
    try (EmbeddedFarm farm =
        EmbeddedFarm.builder()
            .machine(EmbeddedMachine.named("m").speakingServe(minor))
            .building("fail", StatusOfEachVersionTest::fail)
            .start()) {
      for (BuildStatus status : failures()) {
        StorePath drv =
            farm.add(
                farm.derivation(status.name().replace("_", "-"))
                    .system("x86_64-linux")
                    .builder("fail"));

        Failure failure = failure(farm, drv);

        boolean isSpoken = minor >= LOWEST_SPOKEN;
        assertThat(failure.phase()).isEqualTo(isSpoken ? Phase.BUILD : Phase.HANDSHAKE);
        assertThat(meaning(failure))
            .as("2.%d %s: %s", minor, status, failure)
            .isEqualTo(
                isSpoken
                    ? cell("A build status", 1, status.name(), 2)
                    : cell("A store process or a connection", 0, "store WRONG_VERSION", 1));
        assertThat(farm.machine("m").buildsAsked().contains(drv)).isEqualTo(isSpoken);
      }
    }
  }
}
