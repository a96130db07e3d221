package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which store path an output of a derivation turned out to be.
 *
 * <p>Nix names the derivation by its hash modulo fixed-output inputs and prints the pair as {@code
 * sha256:<base-16>!<output>}. Nix 2.35 and later send 64 zeros to us instead of the hash.
 * Immutable. Source: {@code src/libstore/realisation.cc}, Nix 2.8 to 2.34.
 *
 * @param derivationHash the hash of the derivation
 * @param outputName the name of the output
 * @param path the store path of the output
 * @param signatures the signatures over this realisation
 * @param dependentRealisations the content-addressed outputs this one was built from, by their
 *     identity as Nix prints it; always empty from Nix 2.34 on
 * @since 0.1
 */
public record Realisation(
    Hash derivationHash,
    String outputName,
    StorePath path,
    SortedSet<Signature> signatures,
    SortedMap<String, StorePath> dependentRealisations) {
  /** Copies the collections. */
  public Realisation {
    requireNonNull(derivationHash, "derivationHash");
    requireNonNull(outputName, "outputName");
    requireNonNull(path, "path");
    signatures = Collections.unmodifiableSortedSet(new TreeSet<>(signatures));
    dependentRealisations = Collections.unmodifiableSortedMap(new TreeMap<>(dependentRealisations));
  }

  /** The identity as Nix prints it: {@code sha256:<base-16>!<output>}. */
  public String id() {
    return derivationHash.algorithm() + ":" + derivationHash.base16() + "!" + outputName;
  }
}
