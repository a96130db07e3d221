package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerivationTest {
  private static final String A = "/nix/store/" + "a".repeat(32) + "-a.drv";
  private static final String B = "/nix/store/" + "b".repeat(32) + "-b.drv";
  private static final String OUTPUT = "(\"out\",\"\",\"\",\"\")";

  private static final String VERSIONED = "DrvWithVersion(\"xp-dyn-drv\",";

  private static String text(String outputs, String inputs, String sources, String environment) {
    return "Derive(["
        + outputs
        + "],["
        + inputs
        + "],["
        + sources
        + "],\"x86_64-linux\",\"/bin/sh\",[\"-e\"],["
        + environment
        + "])";
  }

  private static Derivation parse(String latin1) {
    return Derivation.parse(StoreDir.NIX, "test", latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The mark § stands where the error is; it is not part of the text. */
  private static void assertRefused(String marked, String expected) {
    int offset = marked.indexOf('§');
    assertThatThrownBy(() -> parse(marked.replace("§", "")))
        .isInstanceOfSatisfying(
            FormatException.class,
            e -> {
              assertThat(e.source()).isEqualTo("derivation test");
              assertThat(e.place()).isEqualTo("byte " + offset);
              assertThat(e.expected()).contains(expected);
            });
  }

  private static void assertSame(String latin1) {
    assertThat(new String(parse(latin1).text().toByteArray(), StandardCharsets.ISO_8859_1))
        .isEqualTo(latin1);
  }

  @Test
  void reads_every_part() {
    Derivation derivation =
        parse(text(OUTPUT, "(\"" + A + "\",[\"dev\",\"out\"])", "\"" + B + "\"", "(\"k\",\"v\")"));

    assertThat(derivation.outputs())
        .containsExactly(java.util.Map.entry("out", new DerivationOutput.Deferred()));
    assertThat(derivation.inputDerivations())
        .containsExactly(java.util.Map.entry(StorePath.parse(A), InputOutputs.of("out", "dev")));
    assertThat(derivation.inputSources()).containsExactly(StorePath.parse(B));
    assertThat(derivation.platform()).isEqualTo("x86_64-linux");
    assertThat(derivation.builder()).isEqualTo(ByteString.of("/bin/sh"));
    assertThat(derivation.arguments()).containsExactly(ByteString.of("-e"));
    assertThat(derivation.environment())
        .containsExactly(java.util.Map.entry(ByteString.of("k"), ByteString.of("v")));
    assertThat(derivation.name()).isEqualTo("test");
  }

  @Test
  void keeps_nul_and_what_is_not_utf_8() {
    String text = text(OUTPUT, "", "", "(\"k\0\u00ff\",\"v\0\u00fe\u00e9\")");

    assertSame(text);
    assertThat(parse(text).environment().firstKey().toByteArray()).containsExactly('k', 0, 0xff);
  }

  @Test
  void unescapes_what_nix_escapes() {
    String text = text(OUTPUT, "", "", "(\"k\",\"\\\"\\\\\\n\\r\\t\")");

    assertSame(text);
    assertThat(parse(text).environment().get(ByteString.of("k")).utf8()).isEqualTo("\"\\\n\r\t");
  }

  @ParameterizedTest
  @CsvSource({
    "r:sha256, '', Floating",
    "sha1, '', Floating",
    "text:sha256, '', Floating",
    "git:sha1, '', Floating",
    "r:sha512, impure, Impure",
    "'', '', Deferred"
  })
  void reads_outputs_without_path(String algorithm, String hash, String kind) {
    String text = text("(\"out\",\"\",\"" + algorithm + "\",\"" + hash + "\")", "", "", "");

    assertSame(text);
    assertThat(parse(text).outputs().get("out").getClass().getSimpleName()).isEqualTo(kind);
    assertThat(parse(text).hasKnownOutputPaths()).isFalse();
  }

  @Test
  void refuses_a_comma_that_is_missing_or_too_much() {
    assertRefused(text(OUTPUT, "", "\"" + A + "\"§\"" + B + "\"", ""), "',' or ']'");
    assertRefused(text(OUTPUT, "", "\"" + A + "\",§", ""), "'\"'");
    assertRefused(text(OUTPUT, "", "§,\"" + A + "\"", ""), "'\"'");
  }

  @Test
  void refuses_what_stands_after_the_end() {
    assertRefused(text(OUTPUT, "", "", "") + "§\n", "the end of the text");
  }

  @Test
  void refuses_escapes_that_nix_does_not_write() {
    assertRefused(text(OUTPUT, "", "", "(\"§\\k\",\"\")"), "one of the escapes");
    assertRefused(text(OUTPUT, "", "", "(\"§\n\",\"\")"), "to be escaped");
    assertRefused(text("(\"o§\\ut\",\"\",\"\",\"\")", "", "", ""), "no backslash");
  }

  @Test
  void refuses_another_order_and_repetitions() {
    String a = "(\"" + A + "\",[\"out\"])";
    String b = "(\"" + B + "\",[\"out\"])";
    String second = "(§\"" + A + "\",[\"out\"])";
    assertRefused(text(OUTPUT, b + "," + second, "", ""), "in ascending order");
    assertRefused(text(OUTPUT, a + "," + second, "", ""), "each once");
    assertRefused(text(OUTPUT, "(\"" + A + "\",[\"out\",§\"dev\"])", "", ""), "ascending");
    assertRefused(text(OUTPUT, "", "\"" + B + "\",§\"" + A + "\"", ""), "ascending");
    assertRefused(text(OUTPUT, "", "", "(\"b\",\"\"),(§\"a\",\"\")"), "ascending");
    assertRefused(text(OUTPUT + ",(§\"out\",\"\",\"\",\"\")", "", "", ""), "each once");
  }

  @Test
  void refuses_inputs_without_outputs_or_that_are_no_derivations() {
    assertRefused(text(OUTPUT, "(\"" + A + "\",§[])", "", ""), "at least one output");
    assertRefused(
        text(OUTPUT, "(§\"/nix/store/" + "a".repeat(32) + "-a\",[\"out\"])", "", ""),
        "ends in .drv");
  }

  @Test
  void refuses_dynamic_inputs_in_the_plain_form_and_the_other_way_round() {
    String node = "(\"" + A + "\",§([],[(\"out\",[\"out\"])]))";
    String dynamic = text(OUTPUT, node, "", "").replace("Derive(", VERSIONED);
    String plain = text(OUTPUT, "", "", "").replace("Derive(", VERSIONED);

    assertSame(dynamic.replace("§", ""));
    assertRefused(text(OUTPUT, node, "", ""), "'['");
    assertRefused(plain.replace("[],[]", "§[],[]"), "an input that is an output of an output");
    assertRefused(plain.replace("\"xp-dyn-drv", "§\"xp-other"), "xp-dyn-drv");
  }

  @Test
  void refuses_deep_nesting_instead_of_running_out_of_stack() {
    StringBuilder node = new StringBuilder("[\"out\"]");
    for (int i = 0; i < 100_000; i++) {
      node.insert(0, "([],[(\"out\",");
      node.append(")])");
    }
    String text =
        text(OUTPUT, "(\"" + A + "\"," + node + ")", "", "").replace("Derive(", VERSIONED);

    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("nested at most 64 deep");
  }

  @ParameterizedTest
  @CsvSource({
    "'(\"out\",\"\",\"\",\"00\")', no hash",
    "'(\"out\",\"\",\"sha257\",\"\")', one of md5",
    "'(\"out\",\"\",\"text:sha1\",\"\")', an algorithm that the method allows",
    "'(\"out\",\"\",\"r:r:sha256\",\"\")', one of md5",
    "'(\"o ut\",\"\",\"\",\"\")', the name of an output",
    "'(\"\",\"\",\"\",\"\")', the name of an output",
    "'(\"a\",\"\",\"\",\"\"),(\"b\",\"\",\"sha256\",\"\")', all outputs are of one kind",
    "'(\"a\",\"\",\"sha1\",\"\"),(\"b\",\"\",\"sha256\",\"\")', one hash algorithm",
    "'(\"out\",\"/nix/store/x\",\"\",\"\")', '32 characters of hash'",
    "'(\"out\",\"/gnu/store/x\",\"\",\"\")', a path in /nix/store"
  })
  void refuses_outputs_that_break_a_rule(String outputs, String expected) {
    assertThatThrownBy(() -> parse(text(outputs, "", "", "")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at byte ")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "md5:b1946ac92492d2347c6235b4d2611184",
    "B1946AC92492D2347C6235B4D2611184",
    "1qv1l4v4b4r64jldh4l8j7l6lh",
    "sZRqySSS0jR8YjW00mERhA=="
  })
  void refuses_a_fixed_hash_in_another_spelling_than_nix_writes(String hash) {
    String path = "/nix/store/" + "a".repeat(32) + "-test";

    assertThatThrownBy(
            () -> parse(text("(\"out\",\"" + path + "\",\"md5\",\"" + hash + "\")", "", "", "")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("base-16");
  }

  @Test
  void reads_and_writes_a_text_without_outputs_and_computes_nothing_from_it() {
    assertSame(text("", "", "", ""));
    assertSame(
        text("", "(\"" + A + "\",([\"a\",\"b\"],[(\"a\",[\"c\"]),(\"d\",[\"e\"])]))", "", "")
            .replace("Derive(", "DrvWithVersion(\"xp-dyn-drv\","));
    Derivation none = parse(text("", "", "", ""));

    assertThatThrownBy(() -> DerivationHashes.over(path -> none).outputPaths(none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> none.resolve((path, output) -> Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_a_platform_that_is_not_utf_8() {
    assertRefused(text(OUTPUT, "", "", "").replace("x86", "§\u00ff"), "UTF-8");
  }

  @Test
  void refuses_a_text_above_the_limit() {
    assertThatThrownBy(
            () -> Derivation.parse(StoreDir.NIX, "test", new byte[Derivation.TEXT_LIMIT_BYTES + 1]))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most 67108864 bytes");
  }

  @Test
  void takes_the_name_from_the_path() {
    byte[] text = text(OUTPUT, "", "", "").getBytes(StandardCharsets.UTF_8);

    assertThat(Derivation.parse(StorePath.parse(A), text).name()).isEqualTo("a");
    assertThatThrownBy(() -> Derivation.parse(StorePath.parse(A.replace(".drv", "")), text))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void orders_maps_that_are_in_another_order() {
    TreeMap<ByteString, ByteString> reversed = new TreeMap<>(Collections.reverseOrder());
    reversed.put(ByteString.of("a"), ByteString.of("1"));
    reversed.put(ByteString.of("b"), ByteString.of("2"));
    Derivation plain = parse(text(OUTPUT, "", "", ""));

    Derivation derivation =
        new Derivation(
            StoreDir.NIX,
            "test",
            plain.outputs(),
            plain.inputDerivations(),
            plain.inputSources(),
            "x86_64-linux",
            plain.builder(),
            List.of(),
            reversed);

    assertThat(derivation.toString()).endsWith("[(\"a\",\"1\"),(\"b\",\"2\")])");
  }

  @Test
  void cannot_be_made_with_a_platform_that_nix_cannot_write() {
    Derivation plain = parse(text(OUTPUT, "", "", ""));

    assertThatThrownBy(
            () ->
                new BasicDerivation(
                    plain.outputs(),
                    plain.inputSources(),
                    "x86\"",
                    plain.builder(),
                    List.of(),
                    plain.environment()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("quote");
  }

  @Test
  void cannot_be_made_with_paths_of_another_store() {
    byte[] text = text(OUTPUT, "", "\"" + A + "\"", "").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> Derivation.parse(StoreDir.of("/gnu/store"), "test", text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a path in /gnu/store");
  }
}
