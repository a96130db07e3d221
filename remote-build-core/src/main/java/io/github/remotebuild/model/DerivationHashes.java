package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * Computes what identifies a derivation, whatever fixed-output derivations are behind it, and the
 * output paths that follow from it.
 *
 * <p>There are two hashes, and mixing them up gives plausible but wrong paths. The <em>input
 * hash</em> identifies a derivation where it is an input: of a fixed-output one it covers the
 * content and the path only, of any other one the text with each input derivation replaced by its
 * input hash. The <em>output hash</em> decides the output paths: the same text with the output
 * paths, and the variables named like outputs, left empty.
 *
 * <p>Input derivations are asked for by path, each once, and their hashes are remembered for the
 * life of this object: about 200 bytes for each derivation ever seen, without bound. Keep one for
 * as long as the same graph is worked on. Chains of any depth need no stack. Safe for use by
 * several threads if the function is. A derivation without outputs is refused with {@link
 * IllegalArgumentException}.
 *
 * <p>Checked against Nix 2.8.0 (source: {@code hashDerivationModulo} in {@code
 * src/libstore/derivations.cc}).
 *
 * @since 0.1
 */
public final class DerivationHashes {
  private static final Hash IMPURE = StorePathRules.sha256(DerivationOutputText.IMPURE);

  private final Function<StorePath, Derivation> derivations;
  private final ConcurrentMap<StorePath, Identity> known = new ConcurrentHashMap<>();

  /**
   * Identity of a derivation as an input.
   *
   * @param hash the hash, for every output; empty if the derivation has dynamic inputs
   * @param outputs the outputs it has
   * @param isDeferred whether paths that depend on it are unknown
   */
  private record Identity(Optional<Hash> hash, Set<String> outputs, boolean isDeferred) {}

  private DerivationHashes(Function<StorePath, Derivation> derivations) {
    this.derivations = requireNonNull(derivations, "derivations");
  }

  /**
   * An empty memory.
   *
   * @param derivations gives the derivation at a path; what it throws is passed on, and null means
   *     that it is not known
   */
  public static DerivationHashes over(Function<StorePath, Derivation> derivations) {
    return new DerivationHashes(derivations);
  }

  /**
   * The hash of {@code derivation} where it is an input.
   *
   * @return the hash, or nothing if there are dynamic derivations among its inputs
   * @throws IllegalArgumentException if inputs are not known, form a cycle, or lack an output that
   *     is needed
   */
  public Optional<Hash> inputHash(Derivation derivation) {
    learnInputs(derivation);
    return identify(derivation).hash();
  }

  /**
   * The hash that decides the output paths of {@code derivation}, and that names its realisations
   * up to Nix 2.34.
   *
   * @return the hash, or nothing if there are dynamic derivations among its inputs; for a
   *     fixed-output derivation its input hash
   * @throws IllegalArgumentException if inputs are not known, form a cycle, or lack an output that
   *     is needed
   */
  public Optional<Hash> outputHash(Derivation derivation) {
    learnInputs(derivation);
    return special(derivation).or(() -> textHash(derivation, true));
  }

  /**
   * The paths of all outputs, computed afresh without looking at the stated ones.
   *
   * @return the paths by output name; nothing if they are not known before the build, because the
   *     derivation or one that it depends on is content-addressed, impure or dynamic
   * @throws FormatException if an output path would have too long a name
   * @throws IllegalArgumentException if inputs are not known, form a cycle, or lack an output that
   *     is needed
   */
  public Optional<SortedMap<String, StorePath>> outputPaths(Derivation derivation) {
    DerivationOutput first = DerivationRules.first(derivation.outputs());
    TreeMap<String, StorePath> paths = new TreeMap<>();
    if (first instanceof DerivationOutput.Fixed fixed) {
      paths.put(OutputNames.OUT, fixedPath(derivation, fixed));
      return Optional.of(Collections.unmodifiableSortedMap(paths));
    }
    if (first instanceof DerivationOutput.Floating || first instanceof DerivationOutput.Impure) {
      return Optional.empty();
    }
    learnInputs(derivation);
    if (hasDeferredInput(derivation)) {
      return Optional.empty();
    }
    Hash hash = textHash(derivation, true).orElseThrow();
    for (String output : derivation.outputs().keySet()) {
      paths.put(output, derivation.storeDir().outputPath(derivation.name(), output, hash));
    }
    return Optional.of(Collections.unmodifiableSortedMap(paths));
  }

  /**
   * The outputs whose stated path is not the computed one; empty for every derivation that Nix
   * wrote.
   *
   * @throws IllegalArgumentException if inputs are not known, form a cycle, or lack an output that
   *     is needed
   */
  public List<OutputDisagreement> disagreements(Derivation derivation) {
    Optional<SortedMap<String, StorePath>> computed = outputPaths(derivation);
    List<OutputDisagreement> found = new ArrayList<>();
    for (Map.Entry<String, DerivationOutput> output : derivation.outputs().entrySet()) {
      Optional<StorePath> stated = output.getValue().path();
      Optional<StorePath> right = computed.map(paths -> paths.get(output.getKey()));
      if (!stated.equals(right)) {
        found.add(new OutputDisagreement(output.getKey(), stated, right));
      }
    }
    return Collections.unmodifiableList(found);
  }

  /** The number of derivations whose hashes are remembered. */
  public int size() {
    return known.size();
  }

  private static StorePath fixedPath(Derivation derivation, DerivationOutput.Fixed fixed) {
    return derivation.storeDir().fixedOutputPath(derivation.name(), fixed.contentAddress());
  }

  /** A derivation on the way down, and the inputs of it that are still to be looked at. */
  private static final class Frame {
    final StorePath path;
    final Derivation derivation;
    final ArrayDeque<StorePath> rest;

    Frame(StorePath path, Derivation derivation, ArrayDeque<StorePath> rest) {
      this.path = path;
      this.derivation = derivation;
      this.rest = rest;
    }
  }

  /** Makes all inputs of {@code derivation} known, innermost first. */
  private void learnInputs(Derivation derivation) {
    ArrayDeque<StorePath> top = inputsToLearn(derivation);
    ArrayDeque<Frame> stack = new ArrayDeque<>();
    Set<StorePath> open = new HashSet<>();
    while (true) {
      ArrayDeque<StorePath> rest = stack.isEmpty() ? top : stack.peek().rest;
      StorePath next = rest.poll();
      if (next == null) {
        if (stack.isEmpty()) {
          return;
        }
        Frame done = stack.pop();
        open.remove(done.path);
        known.put(done.path, identify(done.derivation));
      } else if (!known.containsKey(next)) {
        if (!open.add(next)) {
          throw new IllegalArgumentException(
              "Could not hash derivation " + derivation.name() + ": " + next + " needs itself");
        }
        Derivation input = derivations.apply(next);
        if (input == null) {
          throw new IllegalArgumentException(
              "Could not hash derivation " + derivation.name() + ": " + next + " is not known");
        }
        stack.push(new Frame(next, input, inputsToLearn(input)));
      }
    }
  }

  /** The inputs that the hashes of {@code derivation} depend on. */
  private static ArrayDeque<StorePath> inputsToLearn(Derivation derivation) {
    return special(derivation).isPresent() || derivation.hasDynamicInputs()
        ? new ArrayDeque<>()
        : new ArrayDeque<>(derivation.inputDerivations().keySet());
  }

  /** The hash of a derivation that does not depend on its inputs. */
  private static Optional<Hash> special(Derivation derivation) {
    DerivationOutput first = DerivationRules.first(derivation.outputs());
    if (first instanceof DerivationOutput.Fixed fixed) {
      return Optional.of(
          StorePathRules.sha256(
              StorePathRules.fixedText(fixed.contentAddress()) + fixedPath(derivation, fixed)));
    }
    return first instanceof DerivationOutput.Impure ? Optional.of(IMPURE) : Optional.empty();
  }

  private Identity identify(Derivation derivation) {
    Optional<Hash> special = special(derivation);
    Set<String> outputs = Set.copyOf(derivation.outputs().keySet());
    DerivationOutput first = DerivationRules.first(derivation.outputs());
    if (special.isPresent()) {
      return new Identity(special, outputs, first instanceof DerivationOutput.Impure);
    }
    boolean deferred = first instanceof DerivationOutput.Floating || hasDeferredInput(derivation);
    return new Identity(textHash(derivation, false), outputs, deferred);
  }

  private boolean hasDeferredInput(Derivation derivation) {
    if (derivation.hasDynamicInputs()) {
      return true;
    }
    for (StorePath input : derivation.inputDerivations().keySet()) {
      if (known(input).isDeferred()) {
        return true;
      }
    }
    return false;
  }

  private Optional<Hash> textHash(Derivation derivation, boolean masked) {
    if (derivation.hasDynamicInputs()) {
      return Optional.empty();
    }
    TreeMap<String, SortedSet<String>> byHash = new TreeMap<>();
    for (Map.Entry<StorePath, InputOutputs> input : derivation.inputDerivations().entrySet()) {
      Identity identity = known(input.getKey());
      if (identity.hash().isEmpty()) {
        return Optional.empty();
      }
      for (String output : input.getValue().names()) {
        if (!identity.outputs().contains(output)) {
          throw new IllegalArgumentException(
              "Could not hash derivation "
                  + derivation.name()
                  + ": its input "
                  + input.getKey()
                  + " has no output '"
                  + output
                  + "'");
        }
      }
      byHash
          .computeIfAbsent(identity.hash().get().base16(), hash -> new TreeSet<>())
          .addAll(input.getValue().names());
    }
    return Optional.of(DerivationWriter.hashedText(derivation, byHash, masked).sha256());
  }

  private Identity known(StorePath input) {
    return requireNonNull(known.get(input), "every input is learnt first");
  }
}
