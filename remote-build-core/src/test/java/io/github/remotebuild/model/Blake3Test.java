package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hashes are those of the specification's test vectors: byte {@code i} is {@code i % 251}. */
class Blake3Test {
  private static byte[] input(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "0, af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    "64, 4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98",
    "65, de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee",
    "1023, 10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
    "1024, 42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
    "1025, d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    "2048, e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a",
    "2049, 5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
    "3072, b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2",
    "102400, bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"
  })
  void hashes_what_the_specification_hashes(int length, String base16) {
    assertThat(Hash.compute(HashAlgorithm.BLAKE3, input(length)).base16()).isEqualTo(base16);
  }

  @Test
  void hashes_what_nix_hashes() {
    Hash abc = Hash.compute(HashAlgorithm.BLAKE3, "abc".getBytes(StandardCharsets.UTF_8));

    assertThat(abc.sri()).isEqualTo("blake3-ZDezrDhGUTP/tjt1JzqNtUjFWEZdedsD/TWcbNW9nYU=");
    assertThat(Hash.parse(abc.sri())).isEqualTo(abc);
  }

  @Test
  void can_be_fed_in_pieces_and_used_again() {
    MessageDigest digest = HashAlgorithm.BLAKE3.newDigest();
    byte[] whole = digest.digest(input(5000));
    for (byte b : input(5000)) {
      digest.update(b);
    }
    assertThat(digest.digest()).isEqualTo(whole);
    digest.update(input(4000));
    digest.reset();
    assertThat(digest.digest(input(5000))).isEqualTo(whole);
  }
}
