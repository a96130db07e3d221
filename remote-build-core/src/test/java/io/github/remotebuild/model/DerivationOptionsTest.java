package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivationOptionsTest {
  private static DerivationOptions with(String key, String value) {
    return DerivationOptions.of(
        DerivationBuilder.named("x").system("s").builder("b").environment(key, value).build());
  }

  @Test
  void reads_variables() {
    DerivationOptions options = DerivationOptions.of(Golden.named("options"));

    assertThat(options.name()).contains("options");
    assertThat(options.requiredSystemFeatures()).containsExactly("kvm", "nixos-test");
    assertThat(options.neededSystemFeatures()).containsExactly("kvm", "nixos-test");
    assertThat(options.prefersLocalBuild()).isTrue();
    assertThat(options.allowsSubstitutes()).isFalse();
    assertThat(options.isWithoutSandbox()).isTrue();
    assertThat(options.impureVariables()).containsExactly("http_proxy", "https_proxy");
    assertThat(options.hasStructuredAttributes()).isFalse();
  }

  @Test
  void reads_structured_attributes() {
    DerivationOptions options = DerivationOptions.of(Golden.named("structured"));

    assertThat(options.name()).contains("structured");
    assertThat(options.requiredSystemFeatures()).containsExactly("big-parallel", "kvm");
    assertThat(options.prefersLocalBuild()).isTrue();
    assertThat(options.allowsSubstitutes()).isFalse();
    assertThat(options.isWithoutSandbox()).isFalse();
    assertThat(options.hasStructuredAttributes()).isTrue();
  }

  @Test
  void takes_the_defaults_of_nix() {
    DerivationOptions options = DerivationOptions.of(Golden.named("plain"));

    assertThat(options.requiredSystemFeatures()).isEmpty();
    assertThat(options.prefersLocalBuild()).isFalse();
    assertThat(options.allowsSubstitutes()).isTrue();
    assertThat(options.isWithoutSandbox()).isFalse();
    assertThat(options.impureVariables()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "true", "yes", " 1", "11"})
  void takes_only_1_for_true_in_a_variable(String value) {
    assertThat(with("preferLocalBuild", value).prefersLocalBuild()).isFalse();
    assertThat(with("allowSubstitutes", value).allowsSubstitutes()).isFalse();
    assertThat(with("preferLocalBuild", "1").prefersLocalBuild()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "floating",
        "deferred",
        "deferred-twice",
        "impure",
        "floating-flat",
        "dynamic",
        "git"
      })
  void needs_a_feature_to_build_what_has_no_path_beforehand(String name) {
    DerivationOptions options = DerivationOptions.of(Golden.named(name));

    assertThat(options.requiredSystemFeatures()).isEmpty();
    assertThat(options.neededSystemFeatures()).containsExactly("ca-derivations");
  }

  @Test
  void splits_a_variable_at_white_space() {
    assertThat(
            with("requiredSystemFeatures", " kvm\tbig-parallel\n\nkvm ").requiredSystemFeatures())
        .containsExactly("big-parallel", "kvm");
  }

  @Test
  void ignores_other_variables_beside_structured_attributes() {
    Derivation derivation =
        DerivationBuilder.named("x")
            .system("s")
            .builder("b")
            .environment("preferLocalBuild", "1")
            .environment("__json", "{\"a\":[1,{\"preferLocalBuild\":true}]}")
            .build();

    assertThat(DerivationOptions.of(derivation).prefersLocalBuild()).isFalse();
    assertThat(DerivationOptions.of(derivation).name()).isEqualTo(Optional.empty());
  }

  @Test
  void takes_the_last_of_repeated_members() {
    assertThat(with("__json", "{\"name\":\"a\",\"name\":\"b\"}").name()).contains("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"preferLocalBuild\":\"1\"}",
        "{\"preferLocalBuild\":1}",
        "{\"preferLocalBuild\":null}",
        "{\"requiredSystemFeatures\":\"kvm\"}",
        "{\"requiredSystemFeatures\":[\"kvm\",1]}",
        "{\"requiredSystemFeatures\":{}}",
        "{\"name\":[]}"
      })
  void refuses_structured_options_of_another_type(String json) {
    assertThatThrownBy(() -> with("__json", json))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("found another kind of value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "1", "{", "{\"a\"}", "{} {}", "{}x", "{\"a\":\"\u0001\"}", "{'a':1}"})
  void refuses_what_is_no_json_object(String json) {
    assertThatThrownBy(() -> with("__json", json))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("of __json");
  }

  @Test
  void refuses_json_that_is_nested_without_end() {
    assertThatThrownBy(() -> with("__json", "{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("1000");
  }

  @Test
  void refuses_features_that_are_not_utf_8() {
    Derivation derivation =
        DerivationBuilder.named("x")
            .system("s")
            .builder("b")
            .environment(
                ByteString.of("requiredSystemFeatures"), ByteString.of(new byte[] {(byte) 0xff}))
            .build();

    assertThatThrownBy(() -> DerivationOptions.of(derivation))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("requiredSystemFeatures");
  }
}
