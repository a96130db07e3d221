package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

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

  /** An output whose path follows from the derivation. */
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

  /** An output whose content is known beforehand. */
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

  /** A content-addressed output: its path is known when it is built. */
  record Floating(ContentAddressMethod method, HashAlgorithm algorithm)
      implements DerivationOutput {
    /** Refuses null. */
    public Floating {
      requireNonNull(method, "method");
      requireNonNull(algorithm, "algorithm");
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

  /** A content-addressed output that may differ from build to build. */
  record Impure(ContentAddressMethod method, HashAlgorithm algorithm) implements DerivationOutput {
    /** Refuses null. */
    public Impure {
      requireNonNull(method, "method");
      requireNonNull(algorithm, "algorithm");
    }

    @Override
    public Optional<StorePath> path() {
      return Optional.empty();
    }
  }
}
