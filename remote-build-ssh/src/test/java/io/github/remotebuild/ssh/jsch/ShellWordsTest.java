package io.github.remotebuild.ssh.jsch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellWordsTest {
  @Test
  void plain_words_stay_readable() {
    assertThat(ShellWords.quote(List.of("nix-store", "--serve", "--write", "/nix/store/a.b_c+d@1")))
        .isEqualTo("nix-store --serve --write /nix/store/a.b_c+d@1");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "||,''",
        "a b,'a b'",
        "$x,'$x'",
        "a=b,'a=b'",
        "~,'~'",
        "it's,'it'\\''s'",
        "',''\\'''",
        "ü,'ü'",
        "#,'#'",
        "a;b,'a;b'"
      })
  void anything_else_is_quoted(String word, String quoted) {
    assertThat(ShellWords.quote(List.of(word))).isEqualTo(quoted);
  }

  @Test
  void a_newline_is_kept() {
    assertThat(ShellWords.quote(List.of("a\nb"))).isEqualTo("'a\nb'");
  }

  @Test
  void what_no_shell_can_be_given_is_refused() {
    assertThatThrownBy(() -> ShellWords.quote(List.of("a\0b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NUL");
    assertThatThrownBy(() -> ShellWords.quote(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
