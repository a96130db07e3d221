package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * How a store object's path follows from its content: {@code text:sha256:…}, {@code fixed:…} or
 * {@code fixed:r:…}.
 *
 * <p>Immutable. Source of the spelling: {@code src/libstore/content-address.cc}, Nix 2.8 to 2.34.
 *
 * @param method how the content is hashed
 * @param hash the hash of the content
 * @since 0.1
 */
public record ContentAddress(ContentAddressMethod method, Hash hash) {
  /** Checks that the method allows the algorithm. */
  public ContentAddress {
    requireNonNull(method, "method");
    requireNonNull(hash, "hash");
    if (method == ContentAddressMethod.TEXT && hash.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("Text is addressed by sha256, not " + hash.algorithm());
    }
  }

  /**
   * Reads what {@link #toString()} prints.
   *
   * @throws FormatException if the text is no content address
   */
  public static ContentAddress parse(String text) {
    if (text.startsWith("text:")) {
      return new ContentAddress(
          ContentAddressMethod.TEXT, parseHash(text.substring("text:".length()), text));
    }
    if (!text.startsWith("fixed:")) {
      throw new FormatException(
          "content address", "", "'text:' or 'fixed:' at the beginning", "'" + text + "'");
    }
    String rest = text.substring("fixed:".length());
    if (rest.startsWith("r:")) {
      return new ContentAddress(ContentAddressMethod.NAR, parseHash(rest.substring(2), text));
    }
    if (rest.startsWith("git:")) {
      return new ContentAddress(ContentAddressMethod.GIT, parseHash(rest.substring(4), text));
    }
    return new ContentAddress(ContentAddressMethod.FLAT, parseHash(rest, text));
  }

  private static Hash parseHash(String text, String whole) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw new FormatException(
          "content address", "", "algorithm:hash at the end", "'" + whole + "'");
    }
    return Hash.parse(text);
  }

  /** The form that Nix prints, with the hash in base-32. */
  @Override
  public String toString() {
    return (method == ContentAddressMethod.TEXT ? "" : "fixed:") + method.prefix() + hash;
  }
}
