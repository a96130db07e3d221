package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Collection;

/**
 * The logical directory of a store, {@code /nix/store} nearly everywhere.
 *
 * <p>It is part of every store path's hash and is written in full on the wire, so stores that
 * exchange paths must agree on it. Instances are immutable.
 *
 * @since 0.1
 */
public final class StoreDir implements Comparable<StoreDir> {
  /** {@code /nix/store}. */
  public static final StoreDir NIX = new StoreDir("/nix/store");

  private final String path;

  private StoreDir(String path) {
    this.path = path;
  }

  /**
   * The store directory at {@code path}.
   *
   * @param path absolute, without a trailing slash, empty, {@code .} or {@code ..} components
   * @throws FormatException if it is not
   */
  public static StoreDir of(String path) {
    if (path.equals(NIX.path)) {
      return NIX;
    }
    boolean canonical = path.length() > 1 && path.startsWith("/") && !path.endsWith("/");
    if (canonical) {
      for (String component : path.substring(1).split("/", -1)) {
        canonical &= !component.isEmpty() && !component.equals(".") && !component.equals("..");
      }
    }
    if (!canonical) {
      throw new FormatException(
          "store directory", "", "an absolute path in canonical form", "'" + path + "'");
    }
    return new StoreDir(path);
  }

  /**
   * The store path that {@code text} spells in full.
   *
   * @throws FormatException if it lies elsewhere or its last component is none
   */
  public StorePath parse(String text) {
    requireNonNull(text, "text");
    if (!text.startsWith(path)
        || text.length() <= path.length()
        || text.charAt(path.length()) != '/') {
      throw new FormatException("store path", "", "a path in " + path, "'" + text + "'");
    }
    return StorePath.fromText(this, text, path.length() + 1);
  }

  /**
   * The store path whose last component is {@code baseName}.
   *
   * @throws FormatException if it is none
   */
  public StorePath parseBaseName(String baseName) {
    return StorePath.fromBaseName(this, baseName);
  }

  /**
   * The path of a file whose content is {@code content}, such as a {@code .drv}.
   *
   * @param references the store paths that the file refers to
   * @throws FormatException if {@code name} cannot be the name of a store path
   */
  public StorePath textPath(String name, Collection<StorePath> references, byte[] content) {
    return StorePathRules.text(this, name, Hash.compute(HashAlgorithm.SHA256, content), references);
  }

  /**
   * The path of an object that is addressed by the SHA-256 of its NAR, such as an imported source.
   *
   * @param references the store paths that the object refers to; not its own
   * @throws FormatException if {@code name} cannot be the name of a store path
   */
  public StorePath sourcePath(String name, Hash narHash, Collection<StorePath> references) {
    return StorePathRules.source(this, name, narHash, references, false);
  }

  /**
   * Like {@link #sourcePath}, for an object that also refers to itself.
   *
   * @param narHash the hash of the NAR with its own hash part replaced by zero bytes, followed by
   *     the offsets of these places, as {@code src/libstore/references.cc} defines it
   */
  public StorePath selfReferringSourcePath(
      String name, Hash narHash, Collection<StorePath> references) {
    return StorePathRules.source(this, name, narHash, references, true);
  }

  /**
   * The path of an object without references that is addressed by its content, such as the output
   * of a fixed-output derivation.
   *
   * @throws FormatException if {@code name} cannot be the name of a store path
   */
  public StorePath fixedOutputPath(String name, ContentAddress contentAddress) {
    return StorePathRules.fixed(this, name, contentAddress);
  }

  /**
   * The path of an input-addressed output.
   *
   * @param derivationName the name of the derivation, without {@code .drv}
   * @param output the name of the output
   * @param hash the hash of the derivation with its outputs masked; see {@link DerivationHashes}
   * @throws FormatException if the names cannot make the name of a store path
   */
  public StorePath outputPath(String derivationName, String output, Hash hash) {
    return StorePathRules.output(this, derivationName, output, hash);
  }

  /** The path of the directory. */
  public String path() {
    return path;
  }

  @Override
  public int compareTo(StoreDir other) {
    return path.compareTo(other.path);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoreDir that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  /** The same as {@link #path()}. */
  @Override
  public String toString() {
    return path;
  }
}
