package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * The text that stands for an output path which is not known yet: a slash and 52 base-32 digits.
 *
 * <p>A derivation writes it into its builder, arguments and environment; whoever builds puts the
 * path in its place. Immutable. Source: {@code hashPlaceholder} in Nix 2.8, {@code
 * downstream-placeholder.cc} since 2.16.
 *
 * @param hash the SHA-256 that is printed
 * @since 0.1
 */
public record Placeholder(Hash hash) {
  static final int LENGTH = 1 + 52;

  /** Checks the algorithm. */
  public Placeholder {
    if (requireNonNull(hash, "hash").algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("A placeholder is a sha256, not a " + hash.algorithm());
    }
  }

  /** Stands for the output {@code output} of the derivation it is written in. */
  public static Placeholder ofOwnOutput(String output) {
    OutputNames.require(output);
    return new Placeholder(StorePathRules.sha256("nix-output:" + output));
  }

  /** Stands for an output of a content-addressed derivation, in one that needs it. */
  public static Placeholder ofInputOutput(StorePath derivation, String output) {
    OutputNames.require(output);
    return new Placeholder(
        StorePathRules.sha256(
            "nix-upstream-output:"
                + derivation.hashPart()
                + ":"
                + OutputNames.pathName(derivation.derivationName(), output)));
  }

  /** Stands for an output of the derivation that this placeholder stands for. */
  public Placeholder output(String output) {
    OutputNames.require(output);
    return new Placeholder(
        StorePathRules.sha256(
            "nix-computed-output:" + NixBase32.encode(StorePathRules.fold(hash)) + ":" + output));
  }

  /** The text, as it stands in a derivation. */
  @Override
  public String toString() {
    return "/" + hash.base32();
  }
}
