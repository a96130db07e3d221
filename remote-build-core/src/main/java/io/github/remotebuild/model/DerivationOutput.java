package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Function;

/**
 * How the path of one output of a derivation is decided.
 *
 * <p>An output whose path follows from its content has none until it is built: {@link Floating},
 * {@link Impure}, and {@link Deferred}, which waits for one of those. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface DerivationOutput {
  /** The path, if it is known before the build. */
  Optional<StorePath> path();

  /**
   * Reads the three texts by which a derivation file, and a store protocol, describe an output.
   *
   * <pre>
   * kind             path   algorithm          hash
   * InputAddressed   path
   * Fixed            path   [prefix]algorithm  base-16
   * Floating                [prefix]algorithm
   * Deferred
   * Impure                  [prefix]algorithm  "impure"
   * </pre>
   *
   * <p>What is left blank is empty. The prefix is that of {@link ContentAddressMethod#prefix()}.
   *
   * @param storeDir where the path has to be
   * @throws FormatException if they are none of these; its place is {@code path}, {@code algorithm}
   *     or {@code hash}
   */
  static DerivationOutput parse(StoreDir storeDir, String path, String algorithm, String hash) {
    return DerivationOutputText.parse(storeDir, path, algorithm, hash);
  }

  /** The first of the three texts that {@link #parse} reads. */
  default String pathText() {
    return path().map(StorePath::toString).orElse("");
  }

  /** The second of the three texts that {@link #parse} reads. */
  default String algorithmText() {
    return match(
        inputAddressed -> "",
        fixed ->
            fixed.contentAddress().method().prefixed(fixed.contentAddress().hash().algorithm()),
        floating -> floating.method().prefixed(floating.algorithm()),
        deferred -> "",
        impure -> impure.method().prefixed(impure.algorithm()));
  }

  /** The third of the three texts that {@link #parse} reads. */
  default String hashText() {
    return match(
        inputAddressed -> "",
        fixed -> fixed.contentAddress().hash().base16(),
        floating -> "",
        deferred -> "",
        impure -> DerivationOutputText.IMPURE);
  }

  /** What the function for this case gives. */
  default <R> R match(
      Function<? super InputAddressed, ? extends R> inputAddressed,
      Function<? super Fixed, ? extends R> fixed,
      Function<? super Floating, ? extends R> floating,
      Function<? super Deferred, ? extends R> deferred,
      Function<? super Impure, ? extends R> impure) {
    if (this instanceof InputAddressed output) {
      return inputAddressed.apply(output);
    }
    if (this instanceof Fixed output) {
      return fixed.apply(output);
    }
    if (this instanceof Floating output) {
      return floating.apply(output);
    }
    if (this instanceof Deferred output) {
      return deferred.apply(output);
    }
    return impure.apply((Impure) this);
  }

  /**
   * An output whose path follows from the derivation.
   *
   * @param storePath the path
   */
  record InputAddressed(StorePath storePath) implements DerivationOutput {
    /** Refuses null. */
    public InputAddressed {
      requireNonNull(storePath, "storePath");
    }

    @Override
    public Optional<StorePath> path() {
      return Optional.of(storePath);
    }
  }

  /**
   * An output whose content is known beforehand.
   *
   * @param storePath the path as the derivation states it; see {@link StoreDir#fixedOutputPath}
   * @param contentAddress the content
   */
  record Fixed(StorePath storePath, ContentAddress contentAddress) implements DerivationOutput {
    /** Refuses null. */
    public Fixed {
      requireNonNull(storePath, "storePath");
      requireNonNull(contentAddress, "contentAddress");
    }

    @Override
    public Optional<StorePath> path() {
      return Optional.of(storePath);
    }
  }

  /**
   * A content-addressed output: its path is known when it is built. Experimental in Nix ({@code
   * ca-derivations}).
   *
   * @param method how the content will be hashed
   * @param algorithm by which algorithm
   */
  record Floating(ContentAddressMethod method, HashAlgorithm algorithm)
      implements DerivationOutput {
    /** Refuses an algorithm that the method does not allow. */
    public Floating {
      requireNonNull(method, "method");
      method.require(requireNonNull(algorithm, "algorithm"));
    }

    @Override
    public Optional<StorePath> path() {
      return Optional.empty();
    }
  }

  /** An input-addressed output whose derivation needs a content-addressed one first. */
  record Deferred() implements DerivationOutput {
    @Override
    public Optional<StorePath> path() {
      return Optional.empty();
    }
  }

  /**
   * A content-addressed output that may differ from build to build. Experimental in Nix ({@code
   * impure-derivations}, since 2.8).
   *
   * @param method how the content will be hashed
   * @param algorithm by which algorithm
   */
  record Impure(ContentAddressMethod method, HashAlgorithm algorithm) implements DerivationOutput {
    /** Refuses an algorithm that the method does not allow. */
    public Impure {
      requireNonNull(method, "method");
      method.require(requireNonNull(algorithm, "algorithm"));
    }

    @Override
    public Optional<StorePath> path() {
      return Optional.empty();
    }
  }
}
