package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DerivationBuilderTest {
  private static final DerivationHashes HASHES =
      DerivationHashes.over(Golden.derivations("derivations")::get);

  private static DerivationBuilder shell(String name) {
    return DerivationBuilder.named(name).system("x86_64-linux").builder("/bin/sh");
  }

  private static void assertGolden(Derivation derivation) {
    assertThat(derivation.text()).isEqualTo(Golden.named(derivation.name()).text());
  }

  @Test
  void makes_what_nix_makes_of_the_same_attributes() {
    assertGolden(shell("plain").arguments("-c", "echo hi > $out").build());
    assertGolden(
        shell("many")
            .outputs("out", "dev", "man", "lib")
            .arguments("-c", "for o in $outputs; do echo $o > ${!o}; done")
            .build());
  }

  @Test
  void makes_fixed_outputs_as_nix_does() {
    assertGolden(
        shell("fixed-recursive-sha1")
            .fixedOutput(
                ContentAddress.parse("fixed:r:sha1:f572d396fae9206628714fb2ce00f72e94f2258f"))
            .build());
    assertGolden(
        shell("fixed-recursive")
            .fixedOutput(
                ContentAddress.parse(
                    "fixed:r:sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw"))
            .environment("outputHash", "04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw")
            .build());
  }

  @Test
  void makes_floating_and_deferred_outputs_as_nix_does() {
    Derivation floating =
        shell("floating")
            .floatingOutputs(ContentAddressMethod.NAR, HashAlgorithm.SHA256)
            .arguments("-c", "echo hi > $out")
            .build();
    assertGolden(floating);

    Derivation deferred = Golden.named("deferred");
    assertGolden(
        shell("deferred-twice")
            .input(deferred.path(), "out", "doc")
            .environment("dep", Placeholder.ofInputOutput(deferred.path(), "out").toString())
            .environment("docs", Placeholder.ofInputOutput(deferred.path(), "doc").toString())
            .build(HASHES));
  }

  @Test
  void computes_paths_for_any_store_directory() {
    StoreDir elsewhere = StoreDir.of("/home/me/store");
    Derivation derivation =
        DerivationBuilder.named("x", elsewhere).system("s").builder("b").build();

    assertThat(derivation.path().toString()).startsWith("/home/me/store/").endsWith("-x.drv");
    assertThat(derivation.path().hashPart())
        .isNotEqualTo(
            DerivationBuilder.named("x").system("s").builder("b").build().path().hashPart());
    assertThat(Derivation.parse(derivation.path(), derivation.text().toByteArray()))
        .isEqualTo(derivation);
  }

  @Test
  void leaves_the_shared_builder_as_it_was() {
    DerivationBuilder shared = shell("shared");
    Derivation before = shared.build();

    Derivation other = shared.arguments("x").environment("a", "b").build();

    assertThat(shared.build()).isEqualTo(before).isNotEqualTo(other);
  }

  @Test
  void joins_the_outputs_that_are_needed_of_one_input() {
    StorePath many = Golden.named("many").path();

    Derivation derivation =
        shell("x")
            .input(many, "dev")
            .input(many)
            .sources(new TreeSet<>(List.of(many)))
            .build(HASHES);

    assertThat(derivation.inputDerivations())
        .containsExactly(Map.entry(many, InputOutputs.of("out", "dev")));
    assertThat(derivation.inputSources()).containsExactly(many);
  }

  @Test
  void refuses_to_set_a_part_twice() {
    assertThatThrownBy(() -> shell("x").system("y"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The system is already x86_64-linux, and cannot become y");
    assertThatThrownBy(() -> shell("x").environment("a", "b").environment("a", "c"))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                shell("x")
                    .floatingOutputs(ContentAddressMethod.NAR, HashAlgorithm.SHA256)
                    .fixedOutput(
                        ContentAddress.parse(
                            "fixed:r:sha1:f572d396fae9206628714fb2ce00f72e94f2258f")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("r:sha256");
    assertThatThrownBy(() -> shell("x").outputs("a", "a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_to_build_without_system_or_without_knowing_the_inputs() {
    assertThatThrownBy(() -> DerivationBuilder.named("x").builder("b").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The system of derivation x is missing");
    assertThatThrownBy(() -> shell("x").input(Golden.named("many").path()).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use build(hashes)");
  }
}
