package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarParser;
import io.github.remotebuild.wire.ServeRequests;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireLimits;
import io.github.remotebuild.wire.WireOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server allows and refuses, byte by byte, in every version. */
class ServeServerTest {
  @RegisterExtension
  final EmbeddedFarmExtension farms =
      EmbeddedFarmExtension.starting(versions(EmbeddedFarm.builder()));

  private static EmbeddedFarmBuilder versions(EmbeddedFarmBuilder builder) {
    EmbeddedFarmBuilder all = builder.building("print", context -> context.write("out", "printed"));
    for (int minor = 1; minor <= 7; minor++) {
      all = all.machine(EmbeddedMachine.named("v" + minor).speakingServe(minor));
    }
    return all;
  }

  private static void assertViolation(EmbeddedFarm farm, RawClient client, String words)
      throws Exception {
    assertThat(client.exitStatus()).isEqualTo(1);
    assertThat(client.stderr()).startsWith("error: ").contains(words);
    assertThat(farm.forgive()).singleElement().asString().contains(words);
  }

  @Test
  void a_wrong_magic_number_is_a_protocol_mismatch(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.ungreeted(farm, "v7")) {
      client.say(4711, 0x207);
      assertViolation(farm, client, "protocol mismatch");
    }
  }

  @Test
  void an_unknown_command_is_a_violation(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.of(farm, "v7")) {
      client.say(99);
      assertViolation(farm, client, "unknown serve command 99");
    }
  }

  @Test
  void a_truth_value_other_than_0_and_1_is_a_violation(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.of(farm, "v7")) {
      client.say(1, 2);
      assertViolation(farm, client, "lock");
    }
  }

  @Test
  void a_path_of_another_store_is_a_violation(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.of(farm, "v7")) {
      client.say(3);
      client.out.writeText("/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-hello.txt");
      assertViolation(farm, client, "/nix/store/qa1w9gdfrba6jl2r57mb3c43863gqywp-hello.txt");
    }
  }

  @Test
  void adding_a_stream_is_a_violation_before_2_5(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.of(farm, "v4")) {
      client.say(9);
      assertViolation(farm, client, "none before 2.5");
    }
  }

  @Test
  void adding_is_a_violation_without_the_right_to_write(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.of(farm, "v7", "nix-store", "--serve")) {
      client.say(9);
      assertViolation(farm, client, "without --write");
    }
  }

  @Test
  void a_build_whose_input_is_missing_is_a_violation(EmbeddedFarm farm) throws Exception {
    StorePath source = farm.hub().store().addText("source", "only in the hub");
    StorePath path =
        farm.add(
            farm.derivation("early")
                .system(EmbeddedMachineBuilder.DEFAULT_SYSTEM)
                .builder("print")
                .sources(List.of(source)));
    try (RawClient client = RawClient.of(farm, "v7")) {
      new ServeRequests(client.out, 0x207)
          .buildDerivation(path, basic(farm, path), BuildOptions.unbounded());
      assertViolation(farm, client, source + " was not valid");
    }
  }

  @Test
  void asking_for_repeated_builds_is_a_violation(EmbeddedFarm farm) throws Exception {
    StorePath path = printing(farm);
    try (RawClient client = RawClient.of(farm, "v3")) {
      request(client, farm, path);
      client.say(0, 0, 0, 1);
      assertViolation(farm, client, "repeats");
    }
  }

  @Test
  void a_client_that_leaves_in_the_middle_breaks_no_rule(EmbeddedFarm farm) throws Exception {
    try (RawClient client = RawClient.of(farm, "v7")) {
      client.say(1, 0);
      assertThat(client.exitStatus()).isEqualTo(1);
    }
    assertThat(farm.violations()).isEmpty();
    assertThat(farm.machine("v7").told(MachineEvent.BrokeOff.class)).hasSize(1);
  }

  @Test
  void a_command_line_is_split_as_a_shell_does() {
    assertThat(ShellCommandLine.split("'nix-store' --serve \"a b\" c\\ d ''"))
        .containsExactly("nix-store", "--serve", "a b", "c d", "");
  }

  @Test
  void closing_a_farm_after_a_violation_fails_and_tells_the_story() throws Exception {
    EmbeddedFarm farm = EmbeddedFarm.builder().machine("a").start();
    try (RawClient client = RawClient.of(farm, "a")) {
      client.say(99);
      client.exitStatus();
    }

    assertThatThrownBy(farm::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a: unknown serve command 99")
        .hasMessageContaining("[ 1] started nix-store --serve --write")
        .hasMessageContaining("[ 1] greeted: the client speaks 2.7, both use 2.7");
    farm.close();
  }

  private static StorePath printing(EmbeddedFarm farm) {
    return farm.add(
        farm.derivation("print").system(EmbeddedMachineBuilder.DEFAULT_SYSTEM).builder("print"));
  }

  private static BasicDerivation basic(EmbeddedFarm farm, StorePath path) {
    Derivation derivation = farm.hub().store().derivation(path);
    return derivation.resolve((drv, output) -> Optional.empty());
  }

  /** Command 8 up to the options, as every version writes it. */
  private static void request(RawClient client, EmbeddedFarm farm, StorePath path)
      throws Exception {
    BasicDerivation derivation = basic(farm, path);
    client.out.writeLong(8);
    client.out.writeText(path.toString());
    client.out.writeLong(1);
    client.out.writeText("out");
    client.out.writeText(farm.output(path).toString());
    client.out.writeText("");
    client.out.writeText("");
    client.out.writeStorePaths(derivation.inputSources());
    client.out.writeText(derivation.platform());
    client.out.writeBytes(derivation.builder());
    client.out.writeLong(0);
    client.out.writeLong(derivation.environment().size());
    for (var variable : derivation.environment().entrySet()) {
      client.out.writeBytes(variable.getKey());
      client.out.writeBytes(variable.getValue());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void every_version_builds_and_answers_in_its_own_words(int minor, EmbeddedFarm farm)
      throws Exception {
    StorePath path = printing(farm);
    WireLimits limits = WireLimits.defaults();
    try (RawClient client = RawClient.of(farm, "v" + minor)) {
      request(client, farm, path);
      client.say(0, 0);
      if (minor >= 2) {
        client.say(0);
      }
      if (minor >= 3) {
        client.say(0, 0);
      }
      if (minor >= 7) {
        client.say(0);
      }
      assertThat(client.in.readLong("status")).isEqualTo(BuildStatus.BUILT.number());
      assertThat(client.in.readText("message", 100)).isEmpty();
      if (minor >= 3) {
        assertThat(client.in.readLong("times built")).isEqualTo(1);
        assertThat(client.in.readLong("non-deterministic")).isZero();
        assertThat(client.in.readLong("start")).isPositive();
        assertThat(client.in.readLong("stop")).isPositive();
      }
      if (minor >= 6) {
        assertThat(client.in.readLong("outputs")).isEqualTo(1);
        assertThat(client.in.readText("identity", 100)).matches("sha256:[0-9a-f]{64}!out");
        assertThat(client.in.readText("realisation", 1_000))
            .contains("\"outPath\":\"" + farm.output(path).baseName() + "\"");
      }

      client.out.writeLong(2);
      client.out.writeStorePaths(List.of(farm.output(path)));
      client.out.flush();
      assertThat(client.in.readStorePath("path", farm.storeDir(), limits))
          .isEqualTo(farm.output(path));
      assertThat(client.in.readText("deriver", 1_000)).isEqualTo(path.toString());
      assertThat(client.in.readLong("references")).isZero();
      assertThat(client.in.readLong("download size")).isPositive();
      assertThat(client.in.readLong("NAR size")).isPositive();
      if (minor >= 4) {
        assertThat(client.in.readText("hash", 100)).startsWith("sha256:");
        assertThat(client.in.readText("content address", 100)).isEmpty();
        assertThat(client.in.readLong("signatures")).isZero();
      }
      assertThat(client.in.readText("the end", 10)).isEmpty();
      assertThat(client.exitStatus()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 6})
  void what_one_machine_exports_another_imports(int minor, EmbeddedFarm farm) throws Exception {
    EmbeddedStore from = farm.hub().store();
    StorePath base = from.addText("base", "base");
    StorePath user = from.addText("user", "needs " + base, base);
    byte[] exported;
    try (RawClient client = RawClient.of(farm, copyTo(farm, "v7", base, user))) {
      client.say(5, 0);
      client.out.writeStorePaths(List.of(user, base));
      client.out.flush();
      exported = readExport(client.in, 2);
      assertThat(client.exitStatus()).isZero();
    }
    try (RawClient client = RawClient.of(farm, "v" + minor)) {
      client.say(4);
      client.out.writeRaw(exported, 0, exported.length);
      client.out.flush();
      assertThat(client.in.readLong("the confirmation")).isEqualTo(1);
      assertThat(client.exitStatus()).isZero();
    }
    EmbeddedStore to = farm.machine("v" + minor).store();
    assertThat(to.text(user)).isEqualTo("needs " + base);
    assertThat(to.info(user).orElseThrow().references()).containsExactly(base);
  }

  private static String copyTo(EmbeddedFarm farm, String machine, StorePath base, StorePath user) {
    EmbeddedStore to = farm.machine(machine).store();
    assertThat(to.addText("base", "base")).isEqualTo(base);
    assertThat(to.addText("user", "needs " + base, base)).isEqualTo(user);
    return machine;
  }

  /** Reads an export stream of so many paths, and returns its bytes. */
  private static byte[] readExport(WireInput in, int paths) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WireOutput out = new WireOutput(bytes);
    for (int i = 0; i < paths; i++) {
      assertThat(in.readLong("another path")).isEqualTo(1);
      out.writeLong(1);
      in.readArchive(
          new NarParser("an exported archive"),
          new WireInput.ArchiveSink() {
            @Override
            public void chunk(byte[] buffer, int offset, int length) throws IOException {
              out.writeRaw(buffer, offset, length);
            }

            @Override
            public void lastChunk(byte[] buffer, int offset, int length) throws IOException {
              out.writeRaw(buffer, offset, length);
            }
          });
      long mark = in.readLong("the mark");
      assertThat(mark).isEqualTo(0x4558494eL);
      out.writeLong(mark);
      out.writeText(in.readText("the path", 1_000));
      long references = in.readLong("references");
      out.writeLong(references);
      for (long r = 0; r < references; r++) {
        out.writeText(in.readText("a reference", 1_000));
      }
      out.writeText(in.readText("the deriver", 1_000));
      assertThat(in.readLong("the signature flag")).isZero();
      out.writeLong(0);
    }
    assertThat(in.readLong("the end")).isZero();
    out.writeLong(0);
    out.flush();
    return bytes.toByteArray();
  }
}
