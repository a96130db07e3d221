package io.github.remotebuild.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ServeRequestsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final WireOutput out = new WireOutput(bytes);

  private static StorePath path(String name) {
    return StorePath.of(StoreDir.NIX, new byte[20], name);
  }

  private WireInput sent() throws IOException {
    out.flush();
    return new WireInput(new ByteArrayInputStream(bytes.toByteArray()), "the request");
  }

  private static List<Long> rest(WireInput in) throws IOException {
    List<Long> numbers = new ArrayList<>();
    while (in.available() > 0) {
      numbers.add(in.readLong("it"));
    }
    return numbers;
  }

  private static BasicDerivation derivation(DerivationOutput output) {
    return new BasicDerivation(
        new TreeMap<>(Map.of("out", output)),
        new TreeSet<>(),
        "x",
        ByteString.of("/b"),
        List.of(),
        new TreeMap<>());
  }

  /** The three strings that stand for the output. */
  private List<String> output(DerivationOutput output) throws IOException {
    bytes.reset();
    new ServeRequests(out, 0x207)
        .buildDerivation(path("x.drv"), derivation(output), BuildOptions.unbounded());
    WireInput in = sent();
    assertThat(in.readLong("command")).isEqualTo(8);
    assertThat(in.readText("drv", 1000)).isEqualTo(path("x.drv").toString());
    assertThat(in.readLong("outputs")).isEqualTo(1);
    assertThat(in.readText("name", 1000)).isEqualTo("out");
    return List.of(in.readText("path", 1000), in.readText("algo", 1000), in.readText("hash", 1000));
  }

  @Test
  void outputs_are_written_as_nix_writes_them() throws IOException {
    Hash hash = Hash.compute(HashAlgorithm.SHA256, new byte[0]);
    String out = path("o").toString();

    assertThat(output(new DerivationOutput.InputAddressed(path("o")))).containsExactly(out, "", "");
    assertThat(
            output(
                new DerivationOutput.Fixed(
                    path("o"), new ContentAddress(ContentAddressMethod.FLAT, hash))))
        .containsExactly(out, "sha256", hash.base16());
    assertThat(
            output(
                new DerivationOutput.Fixed(
                    path("o"), new ContentAddress(ContentAddressMethod.NAR, hash))))
        .containsExactly(out, "r:sha256", hash.base16());
    assertThat(
            output(new DerivationOutput.Floating(ContentAddressMethod.NAR, HashAlgorithm.SHA256)))
        .containsExactly("", "r:sha256", "");
    assertThat(output(new DerivationOutput.Deferred())).containsExactly("", "", "");
    assertThat(output(new DerivationOutput.Impure(ContentAddressMethod.NAR, HashAlgorithm.SHA256)))
        .containsExactly("", "r:sha256", "impure");
  }

  /** What follows the derivation. */
  private List<Long> options(int version, BuildOptions options) throws IOException {
    bytes.reset();
    new ServeRequests(out, version)
        .buildDerivation(path("x.drv"), derivation(new DerivationOutput.Deferred()), options);
    WireInput in = sent();
    in.readLong("command");
    in.readText("drv", 1000);
    in.readLong("outputs");
    for (int i = 0; i < 4; i++) {
      in.readText("output", 1000);
    }
    in.readLong("inputs");
    in.readText("platform", 1000);
    in.readText("builder", 1000);
    in.readLong("arguments");
    in.readLong("environment");
    return rest(in);
  }

  @Test
  void durations_are_rounded_up_to_seconds() throws IOException {
    BuildOptions options =
        BuildOptions.unbounded()
            .withMaxSilentTime(Duration.ofMillis(1))
            .withTimeout(Duration.ofSeconds(7))
            .withMaxLogSizeBytes(5_000_000_000L)
            .keepingFailed();

    assertThat(options(0x207, options)).containsExactly(1L, 7L, 5_000_000_000L, 0L, 0L, 1L);
  }

  @Test
  void keeping_failed_builds_is_asked_from_2_7_on() throws IOException {
    assertThat(options(0x207, BuildOptions.unbounded())).hasSize(6);
    assertThat(options(0x206, BuildOptions.unbounded().keepingFailed())).hasSize(5);
    assertThat(options(0x205, BuildOptions.unbounded())).hasSize(5);
  }

  @Test
  void the_size_of_a_request_for_a_nar_is_told() throws IOException {
    for (String name : new String[] {"a", "abcdefgh", "x".repeat(211)}) {
      bytes.reset();
      new ServeRequests(out, 0x207).dumpStorePath(path(name));
      out.flush();
      assertThat(bytes.size()).isEqualTo(ServeRequests.dumpStorePathBytes(path(name)));
    }
  }
}
