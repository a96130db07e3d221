package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentAddressTest {
  private static final String SHA256 = "04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw";

  @ParameterizedTest
  @CsvSource({
    "text:sha256:" + SHA256 + ", TEXT",
    "fixed:sha256:" + SHA256 + ", FLAT",
    "fixed:r:sha256:" + SHA256 + ", NAR",
    "fixed:git:sha256:" + SHA256 + ", GIT"
  })
  void is_read_and_printed_as_nix_prints_it(String text, ContentAddressMethod method) {
    assertThat(ContentAddress.parse(text).method()).isEqualTo(method);
    assertThat(ContentAddress.parse(text)).hasToString(text);
  }

  @Test
  void is_read_in_other_bases() {
    assertThat(
            ContentAddress.parse(
                "fixed:r:sha256:1c37d01af40be2e80691de3cc3df44377a699afbb17c68f080964b2fd071fc13"))
        .hasToString("fixed:r:sha256:" + SHA256);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fixed:",
        "sha256:" + SHA256,
        "fixed:" + SHA256,
        "fixed:r:" + SHA256,
        "fixed:r:r:sha256:" + SHA256,
        "fixed:text:sha256:" + SHA256,
        "text:r:sha256:" + SHA256,
        "text:sha1:f572d396fae9206628714fb2ce00f72e94f2258f",
        "fixed:git:md5:b1946ac92492d2347c6235b4d2611184",
        "fixed:sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=",
        "fixed:sha256:" + SHA256 + " "
      })
  void refuses_what_is_no_content_address(String text) {
    assertThatThrownBy(() -> ContentAddress.parse(text)).isInstanceOf(FormatException.class);
  }
}
