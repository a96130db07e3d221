package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorePathTest {
  private static final String HASH = "qa1w9gdfrba6jl2r57mb3c43863gqywp";

  @Test
  void has_a_hash_part_and_a_name() {
    StorePath path = StorePath.parse("/nix/store/" + HASH + "-hello-2.12.drv");

    assertThat(path.hashPart()).isEqualTo(HASH);
    assertThat(path.name()).isEqualTo("hello-2.12.drv");
    assertThat(path.baseName()).isEqualTo(HASH + "-hello-2.12.drv");
    assertThat(path.isDerivation()).isTrue();
    assertThat(path.derivationName()).isEqualTo("hello-2.12");
    assertThat(path).hasToString("/nix/store/" + HASH + "-hello-2.12.drv");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "A-z", "+-._?=", ".foo", "...", "..a-", ".a", "-", "-.", "=", "...-", "a..-"})
  void accepts_what_the_strictest_nix_accepts(String name) {
    assertThat(StorePath.parse("/nix/store/" + HASH + "-" + name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", ".-", ".-a", "..-", "..-a"})
  void refuses_names_that_are_dots_up_to_the_first_dash(String name) {
    assertThatThrownBy(() -> StorePath.parse("/nix/store/" + HASH + "-" + name))
        .isInstanceOfSatisfying(
            FormatException.class, e -> assertThat(e.place()).isEqualTo("character 45"));
  }

  @ParameterizedTest
  @CsvSource({
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-a b, 46",
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-a/b, 46",
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-aé, 46",
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-, 45",
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp, 44",
    "/nix/store/, 12",
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywpxa, 44",
    "/nix/store/ea1w9gdfrba6jl2r57mb3c43863gqywp-a, 12",
    "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywP-a, 43",
    "/nix/store//qa1w9gdfrba6jl2r57mb3c43863gqywp-a, 12"
  })
  void says_where_a_text_stops_being_a_store_path(String text, int character) {
    assertThatThrownBy(() -> StorePath.parse(text))
        .isInstanceOfSatisfying(
            FormatException.class, e -> assertThat(e.place()).isEqualTo("character " + character));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/nix/store",
        "/nix/storex",
        "nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-a",
        "/gnu/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-a"
      })
  void refuses_paths_elsewhere(String text) {
    assertThatThrownBy(() -> StorePath.parse(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a path in /nix/store");
  }

  @Test
  void has_a_name_of_at_most_211_characters() {
    String longest = "a".repeat(211);

    assertThat(StorePath.parse("/nix/store/" + HASH + "-" + longest).name()).isEqualTo(longest);
    assertThatThrownBy(() -> StorePath.parse("/nix/store/" + HASH + "-" + longest + "a"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most 211");
  }

  @Test
  void is_no_derivation_without_a_name_before_the_suffix() {
    assertThat(StorePath.parse("/nix/store/" + HASH + "-.drv").isDerivation()).isFalse();
    assertThat(StorePath.parse("/nix/store/" + HASH + "-a.drv").isDerivation()).isTrue();
    assertThat(StorePath.parse("/nix/store/" + HASH + "-a.DRV").isDerivation()).isFalse();
  }

  @Test
  void is_ordered_by_base_name() {
    StorePath a = StoreDir.of("/z").parseBaseName("a".repeat(32) + "-x");
    StorePath b = StoreDir.of("/a").parseBaseName("b".repeat(32) + "-x");

    assertThat(a).isLessThan(b);
    assertThat(a).isNotEqualTo(StoreDir.of("/a").parseBaseName("a".repeat(32) + "-x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a", "/a/", "//a", "/a//b", "/a/./b", "/a/..", "."})
  void lies_in_a_directory_in_canonical_form(String dir) {
    assertThatThrownBy(() -> StoreDir.of(dir)).isInstanceOf(FormatException.class);
  }
}
