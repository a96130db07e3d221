package io.github.remotebuild.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Realisation;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RealisationJsonTest {
  private static final String HASH = "sha256:" + "0".repeat(64);
  private static final String PATH = "gwina1sjk7g95wq6fxc6b7s1hza53h74-hello";

  private static Realisation read(String json) {
    return RealisationJson.read(json.getBytes(StandardCharsets.UTF_8), StoreDir.NIX, 2);
  }

  @Test
  void everything_is_read() {
    Realisation realisation =
        read(
            ("{'dependentRealisations':{'"
                    + HASH
                    + "!dev':'"
                    + PATH
                    + "'},'id':'"
                    + HASH
                    + "!out','outPath':'"
                    + PATH
                    + "','signatures':['k:b','k:a']}")
                .replace('\'', '"'));

    assertThat(realisation.id()).isEqualTo(HASH + "!out");
    assertThat(realisation.outputName()).isEqualTo("out");
    assertThat(realisation.path()).isEqualTo(StorePath.parse("/nix/store/" + PATH));
    assertThat(realisation.signatures())
        .containsExactly(new Signature("k:a"), new Signature("k:b"));
    assertThat(realisation.dependentRealisations())
        .containsEntry(HASH + "!dev", StorePath.parse("/nix/store/" + PATH));
  }

  @Test
  void only_id_and_path_must_be_there_and_unknown_keys_are_skipped() {
    Realisation realisation =
        read(
            ("{'new':{'a':[1,{'b':null}]},'id':'" + HASH + "!out','outPath':'" + PATH + "'}")
                .replace('\'', '"'));

    assertThat(realisation.signatures()).isEmpty();
    assertThat(realisation.dependentRealisations()).isEmpty();
  }

  @Test
  void what_is_no_realisation_is_refused() {
    String good = "{'id':'" + HASH + "!out','outPath':'" + PATH + "'}";
    for (String bad :
        new String[] {
          "",
          "[]",
          "null",
          "{}",
          "{",
          good.substring(0, good.length() - 1),
          good + "x",
          good + good,
          "{'id':'" + HASH + "!out'}",
          "{'outPath':'" + PATH + "'}",
          "{'id':'" + HASH + "','outPath':'" + PATH + "'}",
          "{'id':'!out','outPath':'" + PATH + "'}",
          "{'id':'" + HASH + "!out','outPath':'/nix/store/" + PATH + "'}",
          "{'id':1,'outPath':'" + PATH + "'}",
          "{'id':'" + HASH + "!out','outPath':'" + PATH + "','signatures':{}}",
          "{'id':'" + HASH + "!out','outPath':'" + PATH + "','signatures':['a','b','c']}",
          "{'id':'" + HASH + "!out','outPath':'" + PATH + "','dependentRealisations':[]}",
          "{'a':" + "[".repeat(100) + "]".repeat(100) + "}"
        }) {
      assertThatThrownBy(() -> read(bad.replace('\'', '"')))
          .as(bad)
          .isInstanceOf(FormatException.class);
    }
  }
}
