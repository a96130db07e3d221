package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathInfoTest {
  private static final NixPublicKey PUBLIC =
      NixPublicKey.parse(Golden.read("pathinfo/public-key.txt"));
  private static final NixSecretKey SECRET =
      NixSecretKey.parse(Golden.read("pathinfo/secret-key.txt"));

  private static final PathInfo HELLO =
      PathInfo.of(
          StorePath.parse("/nix/store/gwina1sjk7g95wq6fxc6b7s1hza53h74-hello"),
          Hash.parse("sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw"),
          120,
          List.of());

  static Stream<PathInfo> golden() {
    return Golden.read("pathinfo/infos.txt").lines().map(PathInfoTest::parse);
  }

  private static PathInfo parse(String line) {
    String[] parts = line.split("\\|", -1);
    TreeSet<StorePath> references = new TreeSet<>();
    split(parts[3]).map(StorePath::parse).forEach(references::add);
    TreeSet<Signature> signatures = new TreeSet<>();
    split(parts[5]).map(Signature::new).forEach(signatures::add);
    return new PathInfo(
        StorePath.parse(parts[0]),
        Hash.parse(parts[1]),
        Long.parseLong(parts[2]),
        references,
        Optional.empty(),
        signatures,
        parts[4].isEmpty() ? Optional.empty() : Optional.of(ContentAddress.parse(parts[4])));
  }

  private static Stream<String> split(String list) {
    return Stream.of(list.split(",")).filter(text -> !text.isEmpty());
  }

  private static PathInfo with(PathInfo info, ContentAddress address) {
    return new PathInfo(
        info.path(),
        info.narHash(),
        info.narSizeBytes(),
        info.references(),
        info.deriver(),
        info.signatures(),
        Optional.of(address));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void finds_the_path_that_follows_from_the_content_address(PathInfo info) {
    assertThat(info.isContentAddressed()).isEqualTo(info.contentAddress().isPresent());
  }

  @ParameterizedTest
  @MethodSource("golden")
  void verifies_and_makes_the_signatures_of_nix(PathInfo info) {
    boolean signed = !info.signatures().isEmpty();

    assertThat(info.signersAmong(List.of(PUBLIC)).contains("golden-1")).isEqualTo(signed);
    if (signed) {
      assertThat(info.signedBy(SECRET)).isEqualTo(info);
    }
  }

  @Test
  void golden_infos_are_of_every_kind() {
    List<PathInfo> infos = golden().toList();

    assertThat(infos).anyMatch(info -> info.references().contains(info.path()));
    assertThat(infos).filteredOn(info -> !info.signatures().isEmpty()).hasSize(2);
    assertThat(infos)
        .extracting(info -> info.contentAddress().map(ContentAddress::method))
        .contains(
            Optional.empty(),
            Optional.of(ContentAddressMethod.TEXT),
            Optional.of(ContentAddressMethod.NAR));
  }

  @Test
  void signs_the_known_example() {
    byte[] seedAndKey = new byte[64];
    for (int i = 0; i < 32; i++) {
      seedAndKey[i] = (byte) i;
    }
    byte[] key = Base64.getDecoder().decode("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
    System.arraycopy(key, 0, seedAndKey, 32, 32);
    NixSecretKey secret =
        NixSecretKey.parse("test-1:" + Base64.getEncoder().encodeToString(seedAndKey));

    assertThat(HELLO.fingerprint())
        .isEqualTo(
            "1;/nix/store/gwina1sjk7g95wq6fxc6b7s1hza53h74-hello;"
                + "sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw;120;");
    assertThat(HELLO.signedBy(secret).signatures())
        .containsExactly(
            new Signature(
                "test-1:gnm2p+mhHokH/1Yxv0Vp9QO1zV4w36C0TmC9LLDF4iYM"
                    + "Ndzvq7nKs5TTLj4ehfMA+OUS40N1YNPaquT7Q6FcCw=="));
    assertThat(secret.publicKey())
        .hasToString("test-1:A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
  }

  @Test
  void does_not_verify_what_was_changed_after_signing() {
    PathInfo signed = HELLO.signedBy(SECRET);
    PathInfo changed =
        new PathInfo(
            signed.path(),
            signed.narHash(),
            signed.narSizeBytes() + 1,
            signed.references(),
            signed.deriver(),
            signed.signatures(),
            signed.contentAddress());

    assertThat(signed.signersAmong(List.of(PUBLIC))).containsExactly("golden-1");
    assertThat(changed.signersAmong(List.of(PUBLIC))).isEmpty();
    assertThat(signed.signersAmong(List.of())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "golden-1", "golden-1:", "golden-1:AAAA", "golden-1:***", ":AAAA"})
  void keeps_signatures_that_nobody_can_check(String text) {
    Signature signature = new Signature(text);

    assertThat(signature).hasToString(text);
    assertThat(signature.bytes()).isEmpty();
    assertThat(PUBLIC.verifies(signature, new byte[0])).isFalse();
  }

  @Test
  void a_key_does_not_verify_the_signature_of_another_name() {
    byte[] fingerprint = HELLO.fingerprint().getBytes(StandardCharsets.UTF_8);
    String right = SECRET.sign(fingerprint).text();

    assertThat(PUBLIC.verifies(new Signature(right), fingerprint)).isTrue();
    assertThat(PUBLIC.verifies(new Signature(right.replace("golden-1", "other")), fingerprint))
        .isFalse();
  }

  @Test
  void a_secret_key_never_shows_its_secret() {
    String text = Golden.read("pathinfo/secret-key.txt").strip();
    String base64 = text.substring(text.indexOf(':') + 1);

    assertThat(SECRET).hasToString("secret key golden-1");
    assertThat(SECRET.name()).isEqualTo("golden-1");
    assertThat(SECRET.publicKey()).isEqualTo(PUBLIC).hasSameHashCodeAs(PUBLIC);
    List<String> bad = new ArrayList<>(List.of(base64, "k:" + base64 + "A", "k:x" + base64));
    bad.add("k:" + base64.substring(4));
    bad.add("k:" + base64.substring(0, 80) + "AAAAAA==");
    for (String wrong : bad) {
      assertThatThrownBy(() -> NixSecretKey.parse(wrong))
          .isInstanceOf(FormatException.class)
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(base64.substring(4, 20)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "k", ":3spny7WcMhY2Ok0RsgPzEkot7I4EEDqPBWGOXLfVPEM=", "k:AAAA", "k:%"})
  void refuses_what_is_no_public_key(String text) {
    assertThatThrownBy(() -> NixPublicKey.parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void is_not_content_addressed_if_the_address_gives_another_path() {
    ContentAddress right = new ContentAddress(ContentAddressMethod.NAR, HELLO.narHash());

    assertThat(with(HELLO, right).isContentAddressed()).isTrue();
    assertThat(
            with(HELLO, new ContentAddress(ContentAddressMethod.FLAT, HELLO.narHash()))
                .isContentAddressed())
        .isFalse();
    PathInfo referring = PathInfo.of(HELLO.path(), HELLO.narHash(), 120, List.of(HELLO.path()));
    for (ContentAddressMethod method : ContentAddressMethod.values()) {
      assertThat(with(referring, new ContentAddress(method, HELLO.narHash())).isContentAddressed())
          .isFalse();
    }
  }

  @Test
  void cannot_have_a_bad_hash_or_size_or_foreign_references() {
    Hash sha1 = Hash.compute(HashAlgorithm.SHA1, new byte[0]);
    StorePath foreign =
        StoreDir.of("/gnu/store").parse(HELLO.path().toString().replace("nix", "gnu"));

    assertThatThrownBy(() -> PathInfo.of(HELLO.path(), sha1, 120, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PathInfo.of(HELLO.path(), HELLO.narHash(), 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PathInfo.of(HELLO.path(), HELLO.narHash(), 120, List.of(foreign)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
