package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;

/** The law that no beginning of a derivation's text is a derivation. */
final class DerivationCuts {
  private DerivationCuts() {}

  static void assertAllRefused(StorePath path, byte[] text) {
    for (int length = 0; length < text.length; length++) {
      byte[] cut = Arrays.copyOf(text, length);
      assertThatThrownBy(() -> Derivation.parse(path, cut))
          .as("the first %s bytes", length)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("at byte ");
    }
  }
}
