package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivationHashesTest {
  private static final SortedMap<StorePath, Derivation> GOLDEN =
      Golden.derivations("derivations", "dynamic");

  private static final StorePath FIXED_PATH =
      StorePath.parse("/nix/store/iyglqskzrwrkhy7v3b4yqvg37i4adkvy-fod.drv");
  private static final String FIXED =
      "Derive([(\"out\",\"/nix/store/rcz8aqa9lzcygdcn1q53xz03vc3svrcp-fod\",\"sha256\","
          + "\"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\")],[],[],"
          + "\"x86_64-linux\",\"/bin/sh\",[\"-c\",\"echo hello > $out\"],"
          + "[(\"builder\",\"/bin/sh\"),(\"name\",\"fod\"),"
          + "(\"out\",\"/nix/store/rcz8aqa9lzcygdcn1q53xz03vc3svrcp-fod\"),"
          + "(\"outputHash\",\"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\"),"
          + "(\"outputHashAlgo\",\"sha256\"),(\"system\",\"x86_64-linux\")])";

  private static Derivation fixed() {
    return Derivation.parse(FIXED_PATH, FIXED.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void hashes_a_fixed_output_derivation_by_its_content() {
    DerivationHashes hashes = DerivationHashes.over(Map.<StorePath, Derivation>of()::get);

    assertThat(fixed().path()).isEqualTo(FIXED_PATH);
    assertThat(hashes.inputHash(fixed()).map(Hash::base16))
        .contains("ec3379b85eb3c32824b1aee3fb9c7ce6247153d2332d23e70327ef21f3882cd4");
  }

  @Test
  void hashes_a_dependent_derivation_over_the_hash_of_its_input() {
    DerivationHashes hashes = DerivationHashes.over(Map.of(FIXED_PATH, fixed())::get);

    Derivation top =
        DerivationBuilder.named("top")
            .system("x86_64-linux")
            .builder("/bin/sh")
            .arguments("-c", "cat /nix/store/rcz8aqa9lzcygdcn1q53xz03vc3svrcp-fod > $out")
            .input(FIXED_PATH)
            .build(hashes);

    assertThat(hashes.outputHash(top).map(Hash::base16))
        .contains("462f3505c0bea9b800cb11209da0abac5099a70ba6b53120c795ae73ef2586d6");
    assertThat(top.outputs().get("out").path())
        .contains(StorePath.parse("/nix/store/v939w38injdyania0p233hyba400askb-top"));
    assertThat(top.path())
        .isEqualTo(StorePath.parse("/nix/store/vx51b72rxwb8f91i7j5y8g7rlschxq5l-top.drv"));
  }

  @Test
  void does_not_see_how_a_fixed_output_is_made() {
    DerivationHashes hashes = DerivationHashes.over(GOLDEN::get);
    List<Derivation> same =
        GOLDEN.values().stream().filter(drv -> drv.name().equals("fixed-flat")).toList();

    assertThat(same).hasSize(2);
    assertThat(same.get(0).path()).isNotEqualTo(same.get(1).path());
    assertThat(hashes.inputHash(same.get(0))).isEqualTo(hashes.inputHash(same.get(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "floating",
        "floating-over-floating",
        "deferred",
        "deferred-twice",
        "impure",
        "over-impure",
        "dynamic",
        "dynamic-deep",
        "over-dynamic",
        "text-user",
        "git"
      })
  void knows_no_path_of_what_depends_on_content(String name) {
    Derivation derivation = Golden.named(name);

    assertThat(DerivationHashes.over(GOLDEN::get).outputPaths(derivation)).isEmpty();
    assertThat(derivation.hasKnownOutputPaths()).isFalse();
  }

  @Test
  void has_no_hash_above_dynamic_inputs() {
    DerivationHashes hashes = DerivationHashes.over(GOLDEN::get);

    assertThat(hashes.inputHash(Golden.named("dynamic"))).isEmpty();
    assertThat(hashes.outputHash(Golden.named("over-dynamic"))).isEmpty();
    assertThat(hashes.outputHash(Golden.named("deferred"))).isPresent();
  }

  @Test
  void names_the_outputs_whose_stated_path_is_wrong() {
    Derivation right = Golden.named("plain");
    StorePath wrong = StorePath.parse("/nix/store/" + "a".repeat(32) + "-plain");
    TreeMap<String, DerivationOutput> outputs = new TreeMap<>();
    outputs.put("out", new DerivationOutput.InputAddressed(wrong));
    Derivation derivation =
        new Derivation(
            right.storeDir(),
            right.name(),
            outputs,
            right.inputDerivations(),
            right.inputSources(),
            right.platform(),
            right.builder(),
            right.arguments(),
            right.environment());

    assertThat(DerivationHashes.over(GOLDEN::get).disagreements(derivation))
        .containsExactly(
            new OutputDisagreement("out", Optional.of(wrong), right.outputs().get("out").path()));
  }

  @Test
  void asks_for_each_derivation_once() {
    Map<StorePath, Integer> asked = new HashMap<>();
    DerivationHashes hashes =
        DerivationHashes.over(
            path -> {
              asked.merge(path, 1, Integer::sum);
              return GOLDEN.get(path);
            });

    GOLDEN.values().forEach(hashes::disagreements);

    assertThat(asked).isNotEmpty().allSatisfy((path, times) -> assertThat(times).isEqualTo(1));
    assertThat(hashes.size()).isEqualTo(asked.size());
  }

  @Test
  void needs_no_stack_for_a_long_chain() {
    int length = 20_000;
    Map<StorePath, Derivation> chain = new HashMap<>();
    DerivationHashes once = DerivationHashes.over(chain::get);
    Derivation last = link(Optional.empty(), 0).build(once);
    for (int i = 1; i < length; i++) {
      StorePath path = last.path();
      chain.put(path, last);
      last = link(Optional.of(path), i).build(once);
    }
    Derivation top = last;

    assertThat(DerivationHashes.over(chain::get).disagreements(top)).isEmpty();
    assertThat(chain).hasSize(length - 1);
  }

  private static DerivationBuilder link(Optional<StorePath> input, int i) {
    DerivationBuilder link =
        DerivationBuilder.named("link-" + i).system("x86_64-linux").builder("/bin/sh");
    return input.map(path -> link.input(path)).orElse(link);
  }

  @Test
  void refuses_a_derivation_that_needs_itself() {
    StorePath one = StorePath.parse("/nix/store/" + "a".repeat(32) + "-one.drv");
    StorePath two = StorePath.parse("/nix/store/" + "b".repeat(32) + "-two.drv");
    Map<StorePath, Derivation> circle = Map.of(one, needing(two), two, needing(one));

    assertThatThrownBy(() -> DerivationHashes.over(circle::get).outputPaths(needing(one)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(one + " needs itself");
  }

  private static Derivation needing(StorePath input) {
    TreeMap<String, DerivationOutput> outputs = new TreeMap<>();
    outputs.put("out", new DerivationOutput.Deferred());
    TreeMap<StorePath, InputOutputs> inputs = new TreeMap<>();
    inputs.put(input, InputOutputs.of("out"));
    return new Derivation(
        StoreDir.NIX,
        "needing",
        outputs,
        inputs,
        Collections.emptySortedSet(),
        "x86_64-linux",
        ByteString.of("/bin/sh"),
        List.of(),
        Collections.emptySortedMap());
  }

  @Test
  void refuses_an_input_without_the_needed_output() {
    StorePath plain = Golden.named("plain").path();

    assertThatThrownBy(
            () ->
                DerivationBuilder.named("x")
                    .system("x86_64-linux")
                    .builder("/bin/sh")
                    .input(plain, "doc")
                    .build(DerivationHashes.over(GOLDEN::get)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no output 'doc'");
  }
}
