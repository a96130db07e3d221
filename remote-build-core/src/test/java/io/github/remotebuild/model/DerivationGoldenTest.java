package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DerivationGoldenTest {
  private static final SortedMap<StorePath, byte[]> TEXTS = Golden.texts("derivations", "dynamic");
  private static final SortedMap<StorePath, Derivation> DERIVATIONS =
      Golden.derivations("derivations", "dynamic");

  static Stream<StorePath> paths() {
    return TEXTS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void reads_and_writes_the_same_bytes(StorePath path) {
    assertThat(Derivation.parse(path, TEXTS.get(path)).text().toByteArray())
        .isEqualTo(TEXTS.get(path));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void computes_the_path_of_the_file(StorePath path) {
    assertThat(DERIVATIONS.get(path).path()).isEqualTo(path);
  }

  @ParameterizedTest
  @MethodSource("paths")
  void computes_the_output_paths_that_the_text_states(StorePath path) {
    DerivationHashes hashes = DerivationHashes.over(DERIVATIONS::get);

    assertThat(hashes.disagreements(DERIVATIONS.get(path))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void knows_beforehand_exactly_the_paths_that_nix_knew(StorePath path) {
    Derivation derivation = DERIVATIONS.get(path);
    DerivationHashes hashes = DerivationHashes.over(DERIVATIONS::get);

    assertThat(hashes.outputPaths(derivation).isPresent())
        .isEqualTo(derivation.hasKnownOutputPaths());
  }

  @ParameterizedTest
  @MethodSource("paths")
  void refuses_the_text_cut_at_any_byte(StorePath path) {
    DerivationCuts.assertAllRefused(path, TEXTS.get(path));
  }

  @Test
  void resolves_to_what_nix_built_instead() {
    SortedMap<StorePath, Derivation> resolved = Golden.derivations("resolved");
    Map<String, StorePath> outputs = new HashMap<>();
    for (String line : Golden.read("resolved/outputs.txt").strip().split("\n")) {
      String[] words = line.split(" ");
      outputs.put(words[0] + "^" + words[1], StorePath.parse(words[2]));
    }

    assertThat(resolved).hasSize(3);
    resolved.forEach(
        (path, expected) -> {
          BasicDerivation basic =
              Golden.named(path.derivationName())
                  .resolve((drv, output) -> Optional.ofNullable(outputs.get(drv + "^" + output)));

          Derivation derivation = Derivation.of(StoreDir.NIX, path.derivationName(), basic);
          assertThat(derivation.text()).isEqualTo(expected.text());
          assertThat(derivation.path()).isEqualTo(path);
        });
  }

  @Test
  void resolving_an_input_addressed_derivation_changes_only_its_inputs() {
    Derivation derivation = Golden.named("diamond");

    BasicDerivation basic =
        derivation.resolve((drv, output) -> DERIVATIONS.get(drv).outputs().get(output).path());

    TreeSet<StorePath> sources = new TreeSet<>(derivation.inputSources());
    derivation
        .inputDerivations()
        .forEach(
            (drv, needed) ->
                needed
                    .names()
                    .forEach(
                        name ->
                            sources.add(
                                DERIVATIONS.get(drv).outputs().get(name).path().orElseThrow())));
    assertThat(basic)
        .isEqualTo(
            new BasicDerivation(
                derivation.outputs(),
                sources,
                derivation.platform(),
                derivation.builder(),
                derivation.arguments(),
                derivation.environment()));
    assertThat(basic.inputSources()).hasSize(5);
  }
}
