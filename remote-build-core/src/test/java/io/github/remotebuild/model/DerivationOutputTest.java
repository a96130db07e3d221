package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DerivationOutputTest {
  static Stream<DerivationOutput> outputs() {
    return Golden.derivations("derivations", "dynamic").values().stream()
        .flatMap(derivation -> derivation.outputs().values().stream())
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void is_read_from_its_three_texts(DerivationOutput output) {
    assertThat(
            DerivationOutput.parse(
                StoreDir.NIX, output.pathText(), output.algorithmText(), output.hashText()))
        .isEqualTo(output);
  }

  @Test
  void golden_outputs_are_of_every_kind() {
    assertThat(
            outputs()
                .map(
                    output ->
                        output.<String>match(
                            inputAddressed -> "input-addressed",
                            fixed -> "fixed",
                            floating -> "floating",
                            deferred -> "deferred",
                            impure -> "impure"))
                .distinct())
        .containsExactlyInAnyOrder("input-addressed", "fixed", "floating", "deferred", "impure");
  }

  @ParameterizedTest
  @CsvSource({
    "x, '', '', path",
    "PATH, sha256, 00, hash",
    "PATH, sha256, b1946ac92492d2347c6235b4d2611184, hash",
    "'', md5, b1946ac92492d2347c6235b4d2611184, path",
    "PATH, md5, '', path",
    "PATH, md5, impure, path",
    "'', sha, '', algorithm",
    "'', git:md5, '', algorithm",
    "'', '', impure, hash"
  })
  void says_which_of_the_texts_is_wrong(String path, String algorithm, String hash, String place) {
    String text = path.replace("PATH", "/nix/store/" + "a".repeat(32) + "-x");

    assertThatThrownBy(() -> DerivationOutput.parse(StoreDir.NIX, text, algorithm, hash))
        .isInstanceOfSatisfying(FormatException.class, e -> assertThat(e.place()).isEqualTo(place));
  }
}
