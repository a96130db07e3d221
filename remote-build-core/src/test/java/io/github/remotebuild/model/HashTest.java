package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashTest {
  private static final Hash HELLO =
      Hash.compute(HashAlgorithm.SHA256, "hello\n".getBytes(StandardCharsets.UTF_8));

  @Test
  void prints_what_nix_prints() {
    assertThat(HELLO.base16())
        .isEqualTo("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    assertThat(HELLO.sri()).isEqualTo("sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=");
    assertThat(Hash.compute(HashAlgorithm.SHA256, new byte[0]))
        .hasToString("sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73");
    assertThat(
            Hash.parse(
                    "1c37d01af40be2e80691de3cc3df44377a699afbb17c68f080964b2fd071fc13",
                    HashAlgorithm.SHA256)
                .base32())
        .isEqualTo("04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "5891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03",
        "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=",
        "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM",
        "WJG1tSLV3whtD/CxEPvZ\n0hu0/HFjrzTQgoai6Eb2vgM=\n",
        // Exactly as long as base-32 would be.
        "W\nJ\nG\n1\nt\nS\nL\nV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=\n"
      })
  void reads_every_spelling(String digits) {
    assertThat(Hash.parse(digits, HashAlgorithm.SHA256)).isEqualTo(HELLO);
    assertThat(Hash.parse("sha256:" + digits)).isEqualTo(HELLO);
    assertThat(Hash.parse("sha256:" + digits, HashAlgorithm.SHA256)).isEqualTo(HELLO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "-",
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "sha256:",
        "sha256-",
        "sha257:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be0",
        "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be0g",
        "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
        "sha256:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "sha256-5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "sha1:WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=",
        "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=?x",
        "sha256-WJG1tSLV3whtD_CxEPvZ0hu0_HFjrzTQgoai6Eb2vgM="
      })
  void refuses_what_is_no_hash(String text) {
    assertThatThrownBy(() -> Hash.parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void refuses_another_algorithm_than_is_expected() {
    assertThatThrownBy(() -> Hash.parse(HELLO.toString(), HashAlgorithm.SHA512))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a sha512 hash");
    assertThatThrownBy(() -> Hash.parse(HELLO.base16(), HashAlgorithm.SHA1))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void cannot_be_made_from_too_few_bytes() {
    assertThatThrownBy(() -> Hash.of(HashAlgorithm.SHA256, new byte[20]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A sha256 hash has 32 bytes, not 20");
  }
}
