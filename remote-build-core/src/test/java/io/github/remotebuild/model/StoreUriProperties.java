package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StoreUriProperties {
  @Provide
  Arbitrary<String> likelyTexts() {
    Arbitrary<String> parts =
        Arbitraries.of(
            "ssh://",
            "ssh-ng://",
            "u@",
            "%40",
            "h",
            "[::1]",
            "fe80::1",
            "%25eth0",
            ":22",
            "/x",
            "?a=b",
            "&c=%20d",
            "auto",
            "local",
            "-",
            "%",
            ":",
            "@",
            "?",
            "=",
            "[",
            "]",
            "é");
    return parts.list().ofMaxSize(6).map(list -> String.join("", list));
  }

  @Property(tries = 1000)
  void any_text_is_read_or_refused(@ForAll String text) {
    readOrRefuse(text);
  }

  @Property(tries = 2000)
  void any_text_of_likely_parts_is_read_or_refused(@ForAll("likelyTexts") String text) {
    readOrRefuse(text);
  }

  /** The text reads back as itself, the canonical form says the same and is its own. */
  private static void readOrRefuse(String text) {
    StoreUri uri;
    try {
      uri = StoreUri.parse(text);
    } catch (FormatException refused) {
      assertThat(refused).hasMessageStartingWith("Could not read store URI: expected ");
      return;
    }
    assertThat(StoreUri.parse(uri.toString())).isEqualTo(uri);
    StoreUri canonical = StoreUri.parse(uri.canonical());
    assertThat(canonical.canonical()).isEqualTo(uri.canonical());
    assertThat(canonical.host()).isEqualTo(uri.host());
    assertThat(canonical.user()).isEqualTo(uri.user());
    assertThat(canonical.port()).isEqualTo(uri.port());
    assertThat(canonical.parameters()).isEqualTo(uri.parameters());
    assertThat(StoreKey.from(canonical)).isEqualTo(StoreKey.from(uri));
    assertThat(uri.host().orElse("h")).doesNotStartWith("-").isNotEmpty();
    assertThat(uri.user().orElse("u")).doesNotStartWith("-").isNotEmpty();
  }
}
