package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteStringTest {
  @Test
  void is_ordered_by_unsigned_bytes() {
    ByteString low = ByteString.of("a");
    ByteString high = ByteString.of(new byte[] {(byte) 0xff});
    // In UTF-16 these two would be the other way round.
    ByteString basic = ByteString.of("\uff00");
    ByteString supplementary = ByteString.of("\ud834\udd1e");

    assertThat(low).isLessThan(high).isGreaterThan(ByteString.empty());
    assertThat(basic).isLessThan(supplementary);
    assertThat(low).isLessThan(ByteString.of("a\0"));
  }

  @Test
  void does_not_share_its_bytes() {
    byte[] bytes = {1, 2, 3};
    ByteString text = ByteString.of(bytes);
    bytes[0] = 9;
    text.toByteArray()[1] = 9;

    assertThat(text.toByteArray()).containsExactly(1, 2, 3);
    assertThat(ByteString.of(bytes, 1, 2).toByteArray()).containsExactly(2, 3);
  }

  @Test
  void shows_what_is_not_utf_8_without_losing_it() {
    ByteString text = ByteString.of(new byte[] {'a', (byte) 0xe9});

    assertThat(text).hasToString("a\ufffd");
    assertThat(text.toByteArray()).containsExactly('a', 0xe9);
    assertThat(text).isNotEqualTo(ByteString.of(text.utf8()));
  }
}
