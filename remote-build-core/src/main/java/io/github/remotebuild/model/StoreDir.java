package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

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
    return StorePath.fromBaseName(this, text.substring(path.length() + 1));
  }

  /**
   * The store path whose last component is {@code baseName}.
   *
   * @throws FormatException if it is none
   */
  public StorePath parseBaseName(String baseName) {
    return StorePath.fromBaseName(this, baseName);
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
