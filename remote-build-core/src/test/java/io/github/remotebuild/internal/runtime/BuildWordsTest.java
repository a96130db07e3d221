package io.github.remotebuild.internal.runtime;

import static io.github.remotebuild.internal.runtime.FailureTableText.meaning;
import static io.github.remotebuild.internal.runtime.FailureTableText.rows;
import static io.github.remotebuild.internal.runtime.FailuresTest.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.internal.runtime.FailureTable.Meaning;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.StorePath;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BuildWordsTest {
  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");

  private static BuildWords words(BuildStatus status, String message, String... log) {
    return new BuildWords(DRV, result(status, message), List.of(log));
  }

  private static Meaning refined(BuildStatus status, String message, String... log) {
    return words(status, message, log).refine(FailureTable.ofStatus(status));
  }

  @TestFactory
  Stream<DynamicTest> what_words_change() {
    return rows("What words change").stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get(0) + ": " + row.get(1),
                    () -> {
                      BuildStatus status = BuildStatus.ofNumber(Long.parseLong(row.get(0)));
                      boolean isLog = row.get(1).startsWith("log: ");
                      Meaning refined =
                          isLog
                              ? refined(status, "something", row.get(1).substring(5))
                              : refined(status, "something\n" + row.get(1));
                      assertThat(refined).isEqualTo(meaning(row.get(2)));
                    }));
  }

  @Test
  void only_the_last_lines_of_a_log_count() {
    String line = "No space left on device";
    String[] justIn = Collections.nCopies(BuildWords.LOG_LINES, "line").toArray(new String[0]);
    justIn[0] = line;
    String[] justOut = Collections.nCopies(BuildWords.LOG_LINES + 1, "x").toArray(new String[0]);
    justOut[0] = line;

    assertThat(refined(BuildStatus.PERMANENT_FAILURE, "failed", justIn).isVerdict()).isFalse();
    assertThat(refined(BuildStatus.PERMANENT_FAILURE, "failed", justOut).isVerdict()).isTrue();
  }

  @Test
  void a_log_that_is_quoted_in_the_message_counts_as_a_log() {
    String quoted = "builder failed;\nlast 1 log lines:\n> ld: out of memory\n";

    assertThat(refined(BuildStatus.PERMANENT_FAILURE, quoted).cause())
        .isEqualTo(FailureCause.RESOURCES_EXHAUSTED);
  }

  @Test
  void what_a_builder_prints_is_not_taken_for_nixs_words() {
    String killed = "builder for 'x' failed due to signal 9 (Killed)";
    String gone = "dependency 'x' of 'y' does not exist";

    assertThat(refined(BuildStatus.PERMANENT_FAILURE, "failed\n> " + killed, killed).isVerdict())
        .isTrue();
    assertThat(refined(BuildStatus.MISC_FAILURE, "failed\n> " + gone, gone).cause())
        .isEqualTo(FailureCause.OTHER);
  }

  @Test
  void signal_9_is_not_signal_90() {
    assertThat(refined(BuildStatus.PERMANENT_FAILURE, "failed due to signal 90 (x)").isVerdict())
        .isTrue();
    assertThat(refined(BuildStatus.PERMANENT_FAILURE, "failed with exit code 1370").isVerdict())
        .isTrue();
  }

  @Test
  void the_reason_says_who_nix_speaks_of_in_our_words() {
    assertThat(
            words(
                    BuildStatus.PERMANENT_FAILURE,
                    "\u001b[0mbuilder for '\u001b[35;1m" + DRV + "\u001b[0m' failed with exit 1;")
                .reason())
        .isEqualTo("its builder failed with exit 1");
    assertThat(words(BuildStatus.TIMED_OUT, "building of 'x' timed out after 2 seconds").reason())
        .isEqualTo("it ran for more than 2 s, and was stopped");
    assertThat(
            words(BuildStatus.TIMED_OUT, "building of 'x' timed out after 2 seconds of silence")
                .reason())
        .isEqualTo("it printed nothing for more than 2 s, and was stopped");
    assertThat(
            words(
                    BuildStatus.LOG_LIMIT_EXCEEDED,
                    "building of 'x' killed after writing more than 10000 bytes of log output")
                .reason())
        .isEqualTo("it wrote more than 10000 bytes of log, and was stopped");
    assertThat(words(BuildStatus.MISC_FAILURE, "").reason()).isEmpty();
  }

  @Test
  void the_reason_of_newer_releases_comes_second() {
    BuildWords words =
        words(
            BuildStatus.PERMANENT_FAILURE,
            "error: Cannot build '"
                + DRV
                + "'.\n       Reason: builder failed with exit code 1.\n"
                + "       Output paths:\n         /nix/store/x");

    assertThat(words.reason()).isEqualTo("builder failed with exit code 1.");
    assertThat(words.evidence()).containsExactly("Output paths:", "/nix/store/x");
  }
}
