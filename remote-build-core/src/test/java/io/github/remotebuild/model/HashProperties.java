package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class HashProperties {
  @Property(tries = 300)
  void every_spelling_is_read_as_the_same_hash(@ForAll("hashes") Hash hash) {
    assertThat(Hash.parse(hash.toString())).isEqualTo(hash);
    assertThat(Hash.parse(hash.sri())).isEqualTo(hash);
    assertThat(Hash.parse(hash.sri().replace("=", ""))).isEqualTo(hash);
    for (String bare : new String[] {hash.base16(), hash.base32(), hash.base64()}) {
      assertThat(Hash.parse(bare, hash.algorithm())).isEqualTo(hash);
      assertThat(Hash.parse(hash.algorithm() + ":" + bare)).isEqualTo(hash);
    }
    assertThat(Hash.parse(hash.base16().toUpperCase(Locale.ROOT), hash.algorithm()))
        .isEqualTo(hash);
  }

  @Property(tries = 300)
  void line_feeds_in_base_64_do_not_matter(@ForAll("hashes") Hash hash, @ForAll int where) {
    String text = hash.base64();
    int at = Math.floorMod(where, text.length());

    assertThat(
            Hash.parse(text.substring(0, at) + "\n" + text.substring(at) + "\n", hash.algorithm()))
        .isEqualTo(hash);
  }

  @Property(tries = 500)
  void base_32_is_read_as_it_was_printed(@ForAll @Size(max = 70) byte[] bytes) {
    String text = NixBase32.encode(bytes);

    assertThat(text).hasSize(NixBase32.encodedLength(bytes.length));
    assertThat(NixBase32.decode(text)).isEqualTo(bytes);
  }

  @Property(tries = 500)
  void base_32_that_is_accepted_is_printed_the_same(@ForAll("digits") String text) {
    byte[] bytes;
    try {
      bytes = NixBase32.decode(text);
    } catch (FormatException e) {
      return;
    }
    assertThat(NixBase32.encode(bytes)).isEqualTo(text);
  }

  @Property(tries = 300)
  void base_32_has_the_bits_where_the_definition_says(
      @ForAll @Size(min = 1, max = 40) byte[] bytes) {
    String text = NixBase32.encode(bytes);

    for (int i = 0; i < text.length(); i++) {
      int k = text.length() - 1 - i;
      int digit = 0;
      for (int b = 0; b < 5; b++) {
        int bit = 5 * k + b;
        if (bit < bytes.length * 8 && (bytes[bit / 8] >> (bit % 8) & 1) == 1) {
          digit |= 1 << b;
        }
      }
      assertThat(text.charAt(i)).isEqualTo("0123456789abcdfghijklmnpqrsvwxyz".charAt(digit));
    }
  }

  @Provide
  Arbitrary<Hash> hashes() {
    return Arbitraries.of(HashAlgorithm.values())
        .flatMap(
            algorithm ->
                Arbitraries.bytes()
                    .array(byte[].class)
                    .ofSize(algorithm.sizeBytes())
                    .map(bytes -> Hash.of(algorithm, bytes)));
  }

  @Provide
  Arbitrary<String> digits() {
    return Arbitraries.strings().withChars("0123456789abcdfghijklmnpqrsvwxyz").ofMaxLength(60);
  }
}
