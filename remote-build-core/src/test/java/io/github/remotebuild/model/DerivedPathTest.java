package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerivedPathTest {
  private static final String DRV = "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-hello.drv";
  private static final String OUT = "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-hello";

  private static DerivedPath parse(String text) {
    return DerivedPath.parse(StoreDir.NIX, text);
  }

  @ParameterizedTest
  @CsvSource({
    DRV + ", " + DRV + "^*, " + DRV,
    DRV + "^*, " + DRV + "^*, " + DRV,
    DRV + "!*, " + DRV + "^*, " + DRV,
    DRV + "^out, " + DRV + "^out, " + DRV + "!out",
    DRV + "!out, " + DRV + "^out, " + DRV + "!out",
    "'" + DRV + "^out,dev', '" + DRV + "^dev,out', '" + DRV + "!dev,out'",
    "'" + DRV + "!dev,out,dev', '" + DRV + "^dev,out', '" + DRV + "!dev,out'",
    OUT + ", " + OUT + ", " + OUT
  })
  void is_read_in_every_spelling_and_printed_in_two(String text, String modern, String legacy) {
    assertThat(parse(text)).hasToString(modern);
    assertThat(parse(text).legacyText()).isEqualTo(legacy);
    assertThat(parse(modern)).isEqualTo(parse(text));
    assertThat(parse(legacy)).isEqualTo(parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        DRV + "^",
        DRV + "!",
        DRV + "^out,",
        DRV + "^,out",
        DRV + "^*,out",
        DRV + "^out^out",
        DRV + "^o ut",
        OUT + "^out",
        "/gnu/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-hello.drv",
        "^out"
      })
  void refuses_everything_else(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void includes_the_outputs_that_it_names() {
    assertThat(OutputsSpec.all().includes("doc")).isTrue();
    assertThat(OutputsSpec.names("out", "dev").includes("dev")).isTrue();
    assertThat(OutputsSpec.names("out", "dev").includes("doc")).isFalse();
    assertThatThrownBy(() -> OutputsSpec.names()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void matches_its_case() {
    assertThat(parse(OUT).<String>match(opaque -> "opaque", built -> "built")).isEqualTo("opaque");
    assertThat(parse(DRV).<String>match(opaque -> "opaque", built -> "built")).isEqualTo("built");
  }

  @Test
  void is_not_opaque_for_a_derivation_nor_built_for_a_path() {
    assertThatThrownBy(() -> new DerivedPath.Opaque(StorePath.parse(DRV)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DerivedPath.of(StorePath.parse(OUT), OutputsSpec.all()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
