package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;

class DerivationProperties {
  private static final List<byte[]> TEXTS =
      new ArrayList<>(Golden.texts("derivations", "dynamic").values());

  @Property(tries = 150)
  void what_is_printed_is_read_as_the_same(@ForAll("derivations") Derivation derivation) {
    assertThat(Derivation.parse(StoreDir.NIX, "gen", derivation.text().toByteArray()))
        .isEqualTo(derivation);
  }

  @Property(tries = 5)
  void no_beginning_of_a_text_is_accepted(@ForAll("derivations") Derivation derivation) {
    DerivationCuts.assertAllRefused(derivation.path(), derivation.text().toByteArray());
  }

  @Property(tries = 4000)
  void a_text_with_another_byte_is_refused_or_printed_as_it_is(
      @ForAll @IntRange(max = 1_000_000) int which,
      @ForAll @IntRange(max = 1_000_000) int where,
      @ForAll @ByteRange(min = Byte.MIN_VALUE, max = Byte.MAX_VALUE) byte what) {
    byte[] text = TEXTS.get(which % TEXTS.size()).clone();
    text[where % text.length] = what;

    assertAcceptedOnlyAsItIs(text);
  }

  @Property(tries = 4000)
  void a_text_with_syntax_put_in_or_taken_out_is_refused_or_printed_as_it_is(
      @ForAll @IntRange(max = 1_000_000) int which,
      @ForAll @IntRange(max = 1_000_000) int where,
      @ForAll @IntRange(max = 3) int removed,
      @ForAll("syntax") String added) {
    byte[] text = TEXTS.get(which % TEXTS.size());
    int at = where % text.length;
    String latin1 = new String(text, StandardCharsets.ISO_8859_1);
    String changed =
        latin1.substring(0, at) + added + latin1.substring(Math.min(at + removed, text.length));

    assertAcceptedOnlyAsItIs(changed.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void assertAcceptedOnlyAsItIs(byte[] text) {
    Derivation derivation;
    try {
      derivation = Derivation.parse(StoreDir.NIX, "gen", text);
    } catch (FormatException e) {
      assertThat(e.place()).startsWith("byte ");
      return;
    }
    assertThat(derivation.text().toByteArray()).isEqualTo(text);
  }

  @Property(tries = 100)
  void resolving_leaves_no_input_derivation_and_keeps_every_source(
      @ForAll("derivations") Derivation derivation) {
    BasicDerivation basic =
        derivation.resolve(
            (drv, output) ->
                Optional.of(
                    StoreDir.NIX.parseBaseName(
                        drv.hashPart() + "-" + drv.derivationName() + "-" + output + ".drv")));

    assertThat(basic.inputSources()).containsAll(derivation.inputSources());
    long names = derivation.inputDerivations().values().stream().mapToLong(n -> leaves(n)).sum();
    assertThat((long) basic.inputSources().size())
        .isLessThanOrEqualTo(derivation.inputSources().size() + names);
    assertThat(basic.outputs().keySet()).isEqualTo(derivation.outputs().keySet());
  }

  private static long leaves(InputOutputs needed) {
    return needed.names().size()
        + needed.dynamic().values().stream().mapToLong(child -> leaves(child)).sum();
  }

  @Provide
  Arbitrary<String> syntax() {
    return Arbitraries.of(
        "", ",", "\"", "\\", "(", ")", "[", "]", "[]", "\"\"", ",\"a\"", "\\n", "\n", "\0", "a");
  }

  @Provide
  static Arbitrary<Derivation> derivations() {
    Arbitrary<SortedMap<StorePath, InputOutputs>> inputs =
        Arbitraries.maps(paths(".drv"), inputOutputs(2)).ofMaxSize(4).map(TreeMap::new);
    Arbitrary<SortedSet<StorePath>> sources = paths("").set().ofMaxSize(4).map(TreeSet::new);
    Arbitrary<SortedMap<ByteString, ByteString>> environment =
        Arbitraries.maps(bytes(), bytes()).ofMaxSize(5).map(TreeMap::new);
    return Combinators.combine(
            outputs(),
            inputs,
            sources,
            Arbitraries.of("x86_64-linux", "builtin", "wei rd\nü"),
            bytes(),
            bytes().list().ofMaxSize(3),
            environment)
        .as(
            (outputs, in, src, platform, builder, arguments, env) ->
                new Derivation(
                    StoreDir.NIX, "gen", outputs, in, src, platform, builder, arguments, env));
  }

  private static Arbitrary<SortedMap<String, DerivationOutput>> outputs() {
    Arbitrary<SortedMap<String, DerivationOutput>> many =
        names()
            .set()
            .ofMinSize(1)
            .ofMaxSize(3)
            .flatMap(
                names ->
                    paths("")
                        .flatMap(
                            path ->
                                Arbitraries.<DerivationOutput>of(
                                    new DerivationOutput.InputAddressed(path),
                                    new DerivationOutput.Deferred(),
                                    new DerivationOutput.Floating(
                                        ContentAddressMethod.NAR, HashAlgorithm.SHA256),
                                    new DerivationOutput.Floating(
                                        ContentAddressMethod.TEXT, HashAlgorithm.SHA256),
                                    new DerivationOutput.Impure(
                                        ContentAddressMethod.FLAT, HashAlgorithm.MD5)))
                        .map(
                            output -> {
                              TreeMap<String, DerivationOutput> outputs = new TreeMap<>();
                              names.forEach(name -> outputs.put(name, output));
                              return outputs;
                            }));
    Arbitrary<SortedMap<String, DerivationOutput>> fixed =
        Combinators.combine(paths(""), Arbitraries.of(HashAlgorithm.values()))
            .as(
                (path, algorithm) -> {
                  Hash hash =
                      Hash.compute(algorithm, path.baseName().getBytes(StandardCharsets.UTF_8));
                  TreeMap<String, DerivationOutput> outputs = new TreeMap<>();
                  outputs.put(
                      "out",
                      new DerivationOutput.Fixed(
                          path, new ContentAddress(ContentAddressMethod.NAR, hash)));
                  return outputs;
                });
    return Arbitraries.oneOf(many, fixed);
  }

  private static Arbitrary<InputOutputs> inputOutputs(int depth) {
    Arbitrary<InputOutputs> plain =
        names().set().ofMinSize(1).ofMaxSize(3).map(set -> InputOutputs.of(new TreeSet<>(set)));
    if (depth == 0) {
      return plain;
    }
    Arbitrary<InputOutputs> dynamic =
        Combinators.combine(
                names().set().ofMaxSize(2),
                Arbitraries.maps(names(), inputOutputs(depth - 1)).ofMinSize(1).ofMaxSize(2))
            .as((set, children) -> new InputOutputs(new TreeSet<>(set), new TreeMap<>(children)));
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(3, plain), net.jqwik.api.Tuple.of(1, dynamic));
  }

  private static Arbitrary<String> names() {
    return Arbitraries.of("out", "dev", "lib", "a", "b", "out-2", "X_y+z=?.1");
  }

  private static Arbitrary<StorePath> paths(String suffix) {
    return Arbitraries.integers()
        .between(0, 50)
        .map(i -> StoreDir.NIX.textPath("p" + suffix, List.of(), new byte[] {(byte) (int) i}));
  }

  private static Arbitrary<ByteString> bytes() {
    Arbitrary<Byte> special = Arbitraries.of((byte) '"', (byte) '\\', (byte) '\n', (byte) 't');
    return Arbitraries.oneOf(Arbitraries.bytes(), special)
        .array(byte[].class)
        .ofMaxSize(12)
        .map(ByteString::of);
  }
}
