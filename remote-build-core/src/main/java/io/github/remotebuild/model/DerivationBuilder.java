package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes a derivation in Java, the way Nix's function {@code derivation} does.
 *
 * <pre>{@code
 * Derivation hello =
 *     DerivationBuilder.named("hello")
 *         .system("x86_64-linux")
 *         .builder("/bin/sh")
 *         .arguments("-c", "echo hello > $out")
 *         .build(hashes);
 * hello.path();     // /nix/store/….-hello.drv
 * }</pre>
 *
 * <p>Without further words there is one output, {@code out}, whose path follows from the
 * derivation. The variables {@code name}, {@code system} and {@code builder} are set from the parts
 * of that name, {@code outputs} if outputs are named, {@code outputHash…} if the output is
 * addressed by its content, and one variable for each output to its path (or to its placeholder, or
 * to nothing, while the path is unknown). Except for those of the outputs, a variable that is given
 * by {@link #environment} wins. So the result is, byte for byte, what Nix makes of the same
 * attributes.
 *
 * <p>Each method gives a new builder; a builder is immutable and can be shared. What has one value
 * can be set once.
 *
 * @since 0.1
 */
public final class DerivationBuilder {
  private final StoreDir storeDir;
  private final String name;
  private final Optional<String> system;
  private final Optional<ByteString> builder;
  private final List<ByteString> arguments;
  private final SortedMap<ByteString, ByteString> environment;
  private final SortedMap<StorePath, InputOutputs> inputs;
  private final SortedSet<StorePath> sources;
  private final List<String> outputs;
  private final Optional<ContentAddress> fixed;
  private final Optional<Floating> floating;

  /** How the outputs will be hashed when they are there. */
  private record Floating(ContentAddressMethod method, HashAlgorithm algorithm) {}

  /** The parts that change from one builder to the next. */
  private static final class Parts {
    StoreDir storeDir = StoreDir.NIX;
    String name = "";
    Optional<String> system = Optional.empty();
    Optional<ByteString> builder = Optional.empty();
    List<ByteString> arguments = List.of();
    SortedMap<ByteString, ByteString> environment = Collections.emptySortedMap();
    SortedMap<StorePath, InputOutputs> inputs = Collections.emptySortedMap();
    SortedSet<StorePath> sources = Collections.emptySortedSet();
    List<String> outputs = List.of();
    Optional<ContentAddress> fixed = Optional.empty();
    Optional<Floating> floating = Optional.empty();
  }

  private DerivationBuilder(Parts parts) {
    storeDir = parts.storeDir;
    name = parts.name;
    system = parts.system;
    builder = parts.builder;
    arguments = List.copyOf(parts.arguments);
    environment = SortedCopies.of(parts.environment);
    inputs = SortedCopies.of(parts.inputs);
    sources = SortedCopies.of(parts.sources);
    outputs = List.copyOf(parts.outputs);
    fixed = parts.fixed;
    floating = parts.floating;
  }

  private Parts parts() {
    Parts parts = new Parts();
    parts.storeDir = storeDir;
    parts.name = name;
    parts.system = system;
    parts.builder = builder;
    parts.arguments = arguments;
    parts.environment = new TreeMap<>(environment);
    parts.inputs = new TreeMap<>(inputs);
    parts.sources = new TreeSet<>(sources);
    parts.outputs = outputs;
    parts.fixed = fixed;
    parts.floating = floating;
    return parts;
  }

  /**
   * Begins a derivation in {@code /nix/store}.
   *
   * @param name the name, without {@code .drv}
   */
  public static DerivationBuilder named(String name) {
    return named(name, StoreDir.NIX);
  }

  /**
   * Begins a derivation in {@code storeDir}.
   *
   * @param name the name, without {@code .drv}
   */
  public static DerivationBuilder named(String name, StoreDir storeDir) {
    Parts parts = new Parts();
    parts.name = requireNonNull(name, "name");
    parts.storeDir = requireNonNull(storeDir, "storeDir");
    return new DerivationBuilder(parts);
  }

  /** The system it runs on; has to be given. */
  public DerivationBuilder system(String platform) {
    requireUnset("system", system, platform);
    Parts parts = parts();
    parts.system = Optional.of(platform);
    return new DerivationBuilder(parts);
  }

  /** The program that builds it; has to be given. */
  public DerivationBuilder builder(String program) {
    requireUnset("builder", builder, program);
    Parts parts = parts();
    parts.builder = Optional.of(ByteString.of(program));
    return new DerivationBuilder(parts);
  }

  /** Adds arguments for the program. */
  public DerivationBuilder arguments(String... more) {
    Parts parts = parts();
    List<ByteString> all = new ArrayList<>(arguments);
    Arrays.stream(more).map(ByteString::of).forEach(all::add);
    parts.arguments = all;
    return new DerivationBuilder(parts);
  }

  /** Sets a variable of the environment. */
  public DerivationBuilder environment(String key, String value) {
    return environment(ByteString.of(key), ByteString.of(value));
  }

  /** Sets a variable of the environment. */
  public DerivationBuilder environment(ByteString key, ByteString value) {
    requireUnset("variable " + key, Optional.ofNullable(environment.get(key)), value);
    Parts parts = parts();
    parts.environment.put(key, requireNonNull(value, "value"));
    return new DerivationBuilder(parts);
  }

  /** Needs these outputs of another derivation; {@code out} if none is named. */
  public DerivationBuilder input(StorePath derivation, String... names) {
    Parts parts = parts();
    TreeSet<String> all =
        new TreeSet<>(names.length == 0 ? List.of(OutputNames.OUT) : Arrays.asList(names));
    InputOutputs before = inputs.get(derivation);
    SortedMap<String, InputOutputs> dynamic = Collections.emptySortedMap();
    if (before != null) {
      all.addAll(before.names());
      dynamic = before.dynamic();
    }
    parts.inputs.put(derivation, new InputOutputs(all, dynamic));
    return new DerivationBuilder(parts);
  }

  /** Needs {@code outputs} of another derivation, dynamic ones too. */
  public DerivationBuilder input(StorePath derivation, InputOutputs needed) {
    requireUnset("input " + derivation, Optional.ofNullable(inputs.get(derivation)), needed);
    Parts parts = parts();
    parts.inputs.put(derivation, needed);
    return new DerivationBuilder(parts);
  }

  /** Needs these store paths. */
  public DerivationBuilder sources(Collection<StorePath> paths) {
    Parts parts = parts();
    parts.sources.addAll(paths);
    return new DerivationBuilder(parts);
  }

  /** Has these outputs, in this order; the first is what one means by the derivation. */
  public DerivationBuilder outputs(String... names) {
    if (names.length == 0 || new TreeSet<>(Arrays.asList(names)).size() < names.length) {
      throw new IllegalArgumentException(
          "A derivation has at least one output, each once: " + Arrays.toString(names));
    }
    requireUnset("outputs", outputs.isEmpty() ? Optional.empty() : Optional.of(outputs), names);
    Parts parts = parts();
    parts.outputs = Arrays.asList(names);
    return new DerivationBuilder(parts);
  }

  /** Has one output, {@code out}, of this content. */
  public DerivationBuilder fixedOutput(ContentAddress content) {
    requireUnset("content", contentText(), content);
    Parts parts = parts();
    parts.fixed = Optional.of(content);
    return new DerivationBuilder(parts);
  }

  /** Has outputs whose paths will follow from their content ({@code ca-derivations}). */
  public DerivationBuilder floatingOutputs(ContentAddressMethod method, HashAlgorithm algorithm) {
    method.require(algorithm);
    requireUnset("content", contentText(), method);
    Parts parts = parts();
    parts.floating = Optional.of(new Floating(method, algorithm));
    return new DerivationBuilder(parts);
  }

  private Optional<String> contentText() {
    return fixed
        .map(ContentAddress::toString)
        .or(() -> floating.map(how -> how.method().prefixed(how.algorithm())));
  }

  private static void requireUnset(String what, Optional<?> before, Object value) {
    requireNonNull(value, what);
    if (before.isPresent()) {
      throw new IllegalStateException(
          "The " + what + " is already " + before.get() + ", and cannot become " + value);
    }
  }

  /**
   * The derivation, with its output paths, if it has no input derivations.
   *
   * @throws IllegalStateException if it has some, or if system or builder is missing
   * @throws IllegalArgumentException if the parts break a rule of {@link Derivation}
   */
  public Derivation build() {
    return build(
        DerivationHashes.over(
            input -> {
              throw new IllegalStateException(
                  "The path of " + name + " depends on " + input + "; use build(hashes)");
            }));
  }

  /**
   * The derivation, with its output paths.
   *
   * @param hashes knows the input derivations
   * @throws IllegalStateException if system or builder is missing
   * @throws IllegalArgumentException if the parts break a rule of {@link Derivation}
   */
  public Derivation build(DerivationHashes hashes) {
    List<String> names = outputs.isEmpty() ? List.of(OutputNames.OUT) : outputs;
    TreeMap<ByteString, ByteString> variables = new TreeMap<>(environment);
    setDefault(variables, "name", name);
    setDefault(variables, "system", required("system", system));
    variables.putIfAbsent(ByteString.of("builder"), required("builder", builder));
    if (!outputs.isEmpty()) {
      setDefault(variables, "outputs", String.join(" ", outputs));
    }
    TreeMap<String, DerivationOutput> made = new TreeMap<>();
    if (fixed.isPresent()) {
      describe(variables, fixed.get().method(), fixed.get().hash().algorithm());
      setDefault(variables, "outputHash", fixed.get().hash().base16());
      StorePath path = storeDir.fixedOutputPath(name, fixed.get());
      names.forEach(output -> made.put(output, new DerivationOutput.Fixed(path, fixed.get())));
      names.forEach(output -> set(variables, output, path.toString()));
    } else if (floating.isPresent()) {
      Floating how = floating.get();
      describe(variables, how.method(), how.algorithm());
      for (String output : names) {
        made.put(output, new DerivationOutput.Floating(how.method(), how.algorithm()));
        set(variables, output, Placeholder.ofOwnOutput(output).toString());
      }
    } else {
      for (String output : names) {
        made.put(output, new DerivationOutput.Deferred());
        set(variables, output, "");
      }
      Optional<SortedMap<String, StorePath>> paths =
          hashes.outputPaths(derivation(made, variables));
      paths
          .orElse(Collections.emptySortedMap())
          .forEach(
              (output, path) -> {
                made.put(output, new DerivationOutput.InputAddressed(path));
                set(variables, output, path.toString());
              });
    }
    return derivation(made, variables);
  }

  private Derivation derivation(
      SortedMap<String, DerivationOutput> made, SortedMap<ByteString, ByteString> variables) {
    return new Derivation(
        storeDir,
        name,
        made,
        inputs,
        sources,
        required("system", system),
        required("builder", builder),
        arguments,
        variables);
  }

  private static void describe(
      Map<ByteString, ByteString> variables, ContentAddressMethod method, HashAlgorithm algorithm) {
    setDefault(variables, "outputHashAlgo", algorithm.nixName());
    setDefault(
        variables,
        "outputHashMode",
        switch (method) {
          case TEXT -> "text";
          case FLAT -> "flat";
          case NAR -> "recursive";
          case GIT -> "git";
        });
  }

  private static void setDefault(Map<ByteString, ByteString> variables, String key, String value) {
    variables.putIfAbsent(ByteString.of(key), ByteString.of(value));
  }

  private static void set(Map<ByteString, ByteString> variables, String key, String value) {
    variables.put(ByteString.of(key), ByteString.of(value));
  }

  private <T> T required(String what, Optional<T> value) {
    return value.orElseThrow(
        () -> new IllegalStateException("The " + what + " of derivation " + name + " is missing"));
  }
}
