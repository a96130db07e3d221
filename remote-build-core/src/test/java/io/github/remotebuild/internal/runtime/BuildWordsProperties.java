package io.github.remotebuild.internal.runtime;

import static io.github.remotebuild.internal.runtime.FailuresTest.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.internal.runtime.FailureTable.Meaning;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BuildWordsProperties {
  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");

  @Provide
  Arbitrary<BuildStatus> failures() {
    return Arbitraries.of(BuildStatus.class).filter(status -> !status.isSuccess());
  }

  @Provide
  Arbitrary<String> lines() {
    Arbitrary<String> known =
        Arbitraries.of(
            "builder for 'x.drv' failed with exit code 1",
            "builder for 'x.drv' failed due to signal 9 (Killed)",
            "builder for 'x.drv' failed with exit code 137",
            "No space left on device",
            "ld: out of memory",
            "> ld: out of memory",
            "note: build failure may have been caused by lack of free disk space",
            "dependency 'x' of 'x.drv' does not exist, and substitution is disabled",
            "a 'x' with features {} is required to build 'x', but I am a 'y' with features {}",
            "Cannot build 'x.drv'.",
            "Reason: builder failed",
            "timed out after 2 seconds",
            "error: ");
    return Arbitraries.oneOf(known, Arbitraries.strings().ofMaxLength(30));
  }

  @Provide
  Arbitrary<List<String>> texts() {
    return lines().list().ofMaxSize(5);
  }

  @Property
  void words_only_ever_make_us_less_sure(
      @ForAll("failures") BuildStatus status,
      @ForAll("texts") List<String> message,
      @ForAll("texts") List<String> log) {
    Meaning alone = FailureTable.ofStatus(status);

    Meaning refined =
        new BuildWords(DRV, result(status, String.join("\n", message)), log).refine(alone);

    if (refined.culprit() == Culprit.UNKNOWN) {
      assertThat(refined.retry()).isNotEqualTo(RetryAdvice.NEVER);
    }
    if (refined.isVerdict()) {
      assertThat(refined).isEqualTo(alone);
    }
  }

  @Property
  void any_words_can_be_told(
      @ForAll("failures") BuildStatus status, @ForAll("texts") List<String> message) {
    BuildWords words = new BuildWords(DRV, result(status, String.join("\n", message)), List.of());

    assertThat(words.reason()).doesNotContain("\n");
    assertThat(words.evidence()).allSatisfy(line -> assertThat(line).isNotBlank());
  }
}
