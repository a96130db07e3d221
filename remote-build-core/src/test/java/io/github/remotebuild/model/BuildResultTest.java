package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BuildResultTest {
  private static BuildResult failed(String message) {
    return new BuildResult(
        BuildStatus.PERMANENT_FAILURE,
        3,
        message,
        1,
        false,
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>());
  }

  @Test
  void the_message_is_kept_as_it_came_and_given_plainly() {
    BuildResult result = failed("builder for '\u001b[35;1m/x\u001b[0m' failed");

    assertThat(result.errorMessage()).contains("\u001b[35;1m");
    assertThat(result.plainErrorMessage()).isEqualTo("builder for '/x' failed");
  }

  @Test
  void the_outputs_are_copied() {
    TreeMap<String, Realisation> outputs = new TreeMap<>();
    BuildResult result =
        new BuildResult(
            BuildStatus.BUILT, 0, "", 1, false, Optional.empty(), Optional.empty(), outputs);

    outputs.put(
        "out",
        new Realisation(
            Hash.compute(HashAlgorithm.SHA256, new byte[0]),
            "out",
            StorePath.of(StoreDir.NIX, new byte[20], "a"),
            new java.util.TreeSet<>(),
            new TreeMap<>()));

    assertThat(result.builtOutputs()).isEmpty();
  }

  @Test
  void four_statuses_are_successes() {
    assertThat(BuildStatus.values())
        .filteredOn(BuildStatus::isSuccess)
        .containsExactly(
            BuildStatus.BUILT,
            BuildStatus.SUBSTITUTED,
            BuildStatus.ALREADY_VALID,
            BuildStatus.RESOLVES_TO_ALREADY_VALID);
  }

  @Test
  void each_status_is_found_by_its_number() {
    for (int number = 0; number <= 14; number++) {
      assertThat(BuildStatus.ofNumber(number).number()).isEqualTo(number);
    }
    assertThat(BuildStatus.ofNumber(15)).isEqualTo(BuildStatus.UNKNOWN);
    assertThat(BuildStatus.ofNumber(-1)).isEqualTo(BuildStatus.UNKNOWN);
  }

  @Test
  void bounds_that_do_not_fit_the_wire_are_refused() {
    BuildOptions options = BuildOptions.unbounded();

    assertThat(options.withTimeout(Duration.ofSeconds(Integer.MAX_VALUE)).timeout())
        .hasSeconds(Integer.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withTimeout(Duration.ofSeconds(1L << 31)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.withMaxSilentTime(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> options.withMaxLogSizeBytes(-1));
  }
}
