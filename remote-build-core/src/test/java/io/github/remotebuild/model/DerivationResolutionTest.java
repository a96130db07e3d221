package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DerivationResolutionTest {
  private static StorePath path(char c, String name) {
    return StorePath.parse("/nix/store/" + String.valueOf(c).repeat(32) + "-" + name);
  }

  @Test
  void follows_outputs_of_outputs() {
    Derivation derivation = Golden.named("dynamic-deep");
    StorePath producer = Golden.named("made.drv").path();
    StorePath made = path('a', "made.drv");
    StorePath inner = path('b', "inner.drv");
    Map<String, StorePath> outputs = new HashMap<>();
    outputs.put(producer + "^out", made);
    outputs.put(made + "^out", path('c', "other"));
    outputs.put(made + "^dev", path('d', "more"));
    outputs.put(made + "^x", inner);
    outputs.put(inner + "^y", path('f', "deep"));
    // The producer's output is needed twice: as a file, and for its own outputs.
    BasicDerivation basic =
        derivation.resolve((drv, output) -> Optional.ofNullable(outputs.get(drv + "^" + output)));

    assertThat(basic.inputSources())
        .containsExactlyInAnyOrder(made, path('c', "other"), path('d', "more"), path('f', "deep"));
    assertThat(basic.arguments()).containsExactly(ByteString.of(path('f', "deep").toString()));
    assertThat(basic.environment())
        .containsEntry(ByteString.of("also"), ByteString.of(made.toString()))
        .containsEntry(ByteString.of("other"), ByteString.of(path('c', "other").toString()))
        .containsEntry(ByteString.of("more"), ByteString.of(path('d', "more").toString()));
    assertThat(basic.outputs().get("out")).isInstanceOf(DerivationOutput.InputAddressed.class);
  }

  @Test
  void says_which_output_is_unknown() {
    StorePath plain = Golden.named("plain").path();

    assertThatThrownBy(() -> Golden.named("deferred").resolve((drv, output) -> Optional.empty()))
        .isInstanceOfSatisfying(
            UnknownOutputException.class,
            e -> {
              assertThat(e.derivation()).isEqualTo(Golden.named("floating").path());
              assertThat(e.output()).isEqualTo("out");
            })
        .hasMessageContaining(
            "Could not resolve derivation deferred: the path of output 'out' of ");
    assertThat(plain.isDerivation()).isTrue();
  }

  @Test
  void replaces_placeholders_wherever_they_stand_and_nothing_else() {
    Derivation input = Golden.named("floating");
    String placeholder = Placeholder.ofInputOutput(input.path(), "out").toString();
    String unknown = Placeholder.ofOwnOutput("out").toString();
    StorePath output = path('a', "floating");
    DerivationHashes hashes = DerivationHashes.over(Map.of(input.path(), input)::get);
    Derivation derivation =
        DerivationBuilder.named("x")
            .system("s")
            .builder(placeholder + "/bin/x")
            .arguments(
                "-I" + placeholder + placeholder + "/" + placeholder,
                unknown,
                "/" + placeholder.substring(2))
            .environment("k" + placeholder, "/" + placeholder + "\0" + unknown)
            .input(input.path())
            .floatingOutputs(ContentAddressMethod.NAR, HashAlgorithm.SHA256)
            .build(hashes);

    BasicDerivation basic = derivation.resolve((drv, name) -> Optional.of(output));

    assertThat(basic.builder().utf8()).isEqualTo(output + "/bin/x");
    assertThat(basic.arguments())
        .containsExactly(
            ByteString.of("-I" + output + output + "/" + output),
            ByteString.of(unknown),
            ByteString.of("/" + placeholder.substring(2)));
    assertThat(basic.environment())
        .containsEntry(ByteString.of("k" + output), ByteString.of("/" + output + "\0" + unknown))
        .containsEntry(ByteString.of("out"), ByteString.of(unknown));
  }

  @Test
  void refuses_outputs_of_what_is_no_derivation() {
    assertThatThrownBy(
            () -> Golden.named("dynamic").resolve((drv, name) -> Optional.of(path('a', "file"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no derivation");
  }
}
