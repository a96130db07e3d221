package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreDirTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void computes_the_paths_of_texts() {
    StorePath hello = StoreDir.NIX.textPath("hello.txt", List.of(), bytes("hello\n"));

    assertThat(hello).hasToString("/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-hello.txt");
    assertThat(StoreDir.NIX.textPath("withref", List.of(hello), bytes("x")))
        .hasToString("/nix/store/69giin0p83d9j1h66rshlzha3v6lf7q8-withref");
  }

  @Test
  void computes_the_path_of_a_source_from_its_nar() {
    Hash nar = Hash.parse("sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw");

    assertThat(StoreDir.NIX.sourcePath("hello", nar, List.of()))
        .hasToString("/nix/store/gwina1sjk7g95wq6fxc6b7s1hza53h74-hello");
  }

  @ParameterizedTest
  @CsvSource({
    "fixed:r:sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw, gwina1sjk7g95wq6fxc6b7s1hza53h74",
    "fixed:sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03, 8zv8i345w2xn27jrxj4cyjc6x3b4am1q",
    "fixed:r:sha1:0deb52c2735eb38d360f976b7b3823c4ad05cce7, ypkrwry3mx50aca2g82vp7if8fbg2skq"
  })
  void computes_the_paths_of_fixed_outputs(String address, String hashPart) {
    assertThat(StoreDir.NIX.fixedOutputPath("hello", ContentAddress.parse(address)))
        .hasToString("/nix/store/" + hashPart + "-hello");
  }

  @Test
  void folds_in_the_references_in_ascending_order() {
    StorePath a = StoreDir.NIX.textPath("a", List.of(), bytes("a"));
    StorePath b = StoreDir.NIX.textPath("b", List.of(), bytes("b"));

    assertThat(StoreDir.NIX.textPath("c", List.of(a, b), bytes("c")))
        .isEqualTo(StoreDir.NIX.textPath("c", List.of(b, a, b), bytes("c")))
        .isNotEqualTo(StoreDir.NIX.textPath("c", List.of(a), bytes("c")));
  }

  @Test
  void refuses_names_that_no_path_can_have() {
    assertThatThrownBy(() -> StoreDir.NIX.textPath("a b", List.of(), bytes("")))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refuses_references_into_another_store() {
    StorePath other = StoreDir.of("/gnu/store").textPath("a", List.of(), bytes("a"));

    assertThatThrownBy(() -> StoreDir.NIX.textPath("b", List.of(other), bytes("")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not in /nix/store");
  }

  @Test
  void prints_placeholders_as_nix_does() {
    assertThat(Placeholder.ofOwnOutput("out"))
        .hasToString("/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9");
    assertThat(Placeholder.ofOwnOutput("dev"))
        .hasToString("/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz");
    assertThat(Placeholder.ofInputOutput(Golden.named("floating").path(), "out"))
        .hasToString("/0ppk2xc9l316nvy7m54bnz8cay66dljk8n684w3svg8ia90hl31c");
    assertThat(Placeholder.ofInputOutput(Golden.named("floating-many").path(), "dev"))
        .hasToString("/1bgzbbvf7dg7fpan94z6w49v9gbcx9lxh5vzhn9fhn2by8cbzjxk");
    Placeholder made = Placeholder.ofInputOutput(Golden.named("made.drv").path(), "out");
    assertThat(made.output("dev"))
        .hasToString("/195mljya0vvc7006pzs130xv41qvn1lp1nllw9q17lv613m4588p");
    assertThat(made.output("x").output("y"))
        .hasToString("/1kw12vqssi65f5x04ps5a9q9wi4asll8pf7hm9l5p8paiij1096h");
  }
}
