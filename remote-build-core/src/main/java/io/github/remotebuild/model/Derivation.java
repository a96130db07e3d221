package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * A derivation: the recipe in a {@code .drv} file, with other derivations among its inputs.
 *
 * <p>The text of the file, without white space or line end:
 *
 * <pre>
 * drv     = "Derive(" body | 'DrvWithVersion("xp-dyn-drv",' body
 * body    = outputs "," inputDrvs "," inputSrcs "," platform "," builder "," args "," env ")"
 * outputs = "[" ( "(" name "," path "," algorithm "," hash ")" ),* "]"
 * inputs  = "[" ( "(" path "," needed ")" ),* "]"
 * needed  = names | "(" names ",[" ( "(" name "," needed ")" ),* "])"
 * env     = "[" ( "(" key "," value ")" ),* "]"
 * </pre>
 *
 * <p>What has no line of its own is a string or a list of strings. Everything but the arguments is
 * in ascending order of bytes, paths by base name. In builder, arguments and environment the bytes
 * {@code " \ LF CR TAB} are escaped and all others stand as they are, NUL and what is not UTF-8
 * among them; elsewhere nothing is escaped. The second form of {@code needed} occurs only after
 * {@code DrvWithVersion}, which is only used if it occurs.
 *
 * <p>Reading accepts what Nix writes and nothing else, so that {@link #text()} gives back the bytes
 * that were read. Nix's reader is laxer (missing commas, any order, repeated keys, text after the
 * end); no Nix ever wrote such a file.
 *
 * <p>An instance that exists obeys Nix's rules: all outputs of one kind, a fixed one alone and
 * named {@code out}, one algorithm for all floating ones. Whether stated output paths are right is
 * another question; see {@link DerivationHashes#disagreements}. A text without any output can be
 * read and written, and that is all: no store takes it, and nothing can be computed from it or
 * built. Immutable; the collections are unmodifiable. To make one in Java use {@link
 * DerivationBuilder}. Checked against Nix 2.8.0 (source: {@code src/libstore/derivations.cc}).
 *
 * @param storeDir where the paths are
 * @param name the name, without {@code .drv}; it is not part of the text
 * @param outputs the outputs by name; at least one, if it is to be used
 * @param inputDerivations the derivations whose outputs it needs, and which outputs
 * @param inputSources the other store paths it needs
 * @param platform the system it runs on, or {@code builtin}
 * @param builder the program
 * @param arguments its arguments
 * @param environment its environment
 * @since 0.1
 */
public record Derivation(
    StoreDir storeDir,
    String name,
    SortedMap<String, DerivationOutput> outputs,
    SortedMap<StorePath, InputOutputs> inputDerivations,
    SortedSet<StorePath> inputSources,
    String platform,
    ByteString builder,
    List<ByteString> arguments,
    SortedMap<ByteString, ByteString> environment) {
  /** The largest text that is read: 64 MiB. The largest in a package collection are near 1 MiB. */
  public static final int TEXT_LIMIT_BYTES = 64 << 20;

  /** Copies the collections and checks the rules. */
  public Derivation {
    requireNonNull(storeDir, "storeDir");
    requireName(name);
    outputs = SortedCopies.of(outputs);
    inputDerivations = SortedCopies.of(inputDerivations);
    inputSources = SortedCopies.of(inputSources);
    requireNonNull(builder, "builder");
    arguments = List.copyOf(arguments);
    environment = SortedCopies.of(environment);
    DerivationRules.check(outputs, platform);
    for (DerivationOutput output : outputs.values()) {
      Optional<StorePath> path = output.path();
      if (path.isPresent()) {
        requireInside(storeDir, path.get());
      }
    }
    for (StorePath input : inputDerivations.keySet()) {
      requireInside(storeDir, input);
      if (!input.isDerivation()) {
        throw new IllegalArgumentException(input + " is not the path of a derivation");
      }
    }
    for (StorePath input : inputSources) {
      requireInside(storeDir, input);
    }
  }

  private static void requireName(String name) {
    String fileName = requireNonNull(name, "name") + StorePath.DRV_SUFFIX;
    if (name.isEmpty() || !StorePath.isName(fileName)) {
      throw new IllegalArgumentException("'" + name + "' cannot be the name of a derivation");
    }
  }

  private static void requireInside(StoreDir storeDir, StorePath path) {
    if (!path.storeDir().equals(storeDir)) {
      throw new IllegalArgumentException(path + " is not in " + storeDir);
    }
  }

  /**
   * Reads the text of the file at {@code path}.
   *
   * @throws FormatException if the text is not what Nix writes, or is longer than {@link
   *     #TEXT_LIMIT_BYTES}
   * @throws IllegalStateException if {@code path} is not the path of a derivation
   */
  public static Derivation parse(StorePath path, byte[] text) {
    return parse(path.storeDir(), path.derivationName(), text);
  }

  /**
   * Reads the text of the derivation {@code name}.
   *
   * @param storeDir where all its paths have to be
   * @param name the name, without {@code .drv}
   * @throws FormatException if the text is not what Nix writes, or is longer than {@link
   *     #TEXT_LIMIT_BYTES}
   */
  public static Derivation parse(StoreDir storeDir, String name, byte[] text) {
    requireName(name);
    if (text.length > TEXT_LIMIT_BYTES) {
      throw new FormatException(
          "derivation " + name,
          "",
          "at most " + TEXT_LIMIT_BYTES + " bytes",
          text.length + " bytes");
    }
    return new DerivationReader(storeDir, name, text).read();
  }

  /**
   * The derivation without input derivations that {@code basic} is, under this name. Its path is
   * where Nix would write a resolved derivation.
   *
   * @param name the name, without {@code .drv}
   */
  public static Derivation of(StoreDir storeDir, String name, BasicDerivation basic) {
    return new Derivation(
        storeDir,
        name,
        basic.outputs(),
        Collections.emptySortedMap(),
        basic.inputSources(),
        basic.platform(),
        basic.builder(),
        basic.arguments(),
        basic.environment());
  }

  /** The text of the {@code .drv} file. */
  public ByteString text() {
    return ByteString.wrap(DerivationWriter.text(this).toByteArray());
  }

  /** The path of the {@code .drv} file, which follows from its text and its inputs. */
  public StorePath path() {
    TreeSet<StorePath> references = new TreeSet<>(inputSources);
    references.addAll(inputDerivations.keySet());
    return StorePathRules.text(
        storeDir, name + StorePath.DRV_SUFFIX, DerivationWriter.text(this).sha256(), references);
  }

  /** Whether outputs of outputs are among the inputs, which only Nix 2.18 and later can read. */
  public boolean hasDynamicInputs() {
    for (InputOutputs needed : inputDerivations.values()) {
      if (needed.isDynamic()) {
        return true;
      }
    }
    return false;
  }

  /** Whether every output path is known before the build. */
  public boolean hasKnownOutputPaths() {
    return outputs.values().stream().allMatch(output -> output.path().isPresent());
  }

  /**
   * The derivation with its input derivations replaced by the store paths of the needed outputs:
   * what a machine is asked to build.
   *
   * <p>The placeholders of input outputs, which stand where such a path was unknown, are replaced
   * in builder, arguments and environment. Deferred outputs are then known: they become
   * input-addressed, with their paths in the environment. Everything else stays as it is. This is
   * what {@code Derivation::tryResolve} does in Nix.
   *
   * @param outputPaths gives the path of an output of a derivation, or nothing if it is unknown
   * @throws UnknownOutputException if {@code outputPaths} does not know a needed output
   * @throws IllegalArgumentException if there are no outputs, or if outputs are needed of what is
   *     no derivation
   */
  public BasicDerivation resolve(BiFunction<StorePath, String, Optional<StorePath>> outputPaths) {
    return new DerivationResolution(this, outputPaths).resolve();
  }

  /** The text, read as UTF-8. */
  @Override
  public String toString() {
    return text().utf8();
  }
}
