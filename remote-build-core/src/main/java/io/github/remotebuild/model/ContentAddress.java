package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * How a store object's path follows from its content: {@code text:sha256:…}, {@code fixed:…},
 * {@code fixed:r:…} or {@code fixed:git:…}.
 *
 * <p>Immutable. Source of the spelling: {@code src/libstore/content-address.cc}, Nix 2.8 to 2.34.
 *
 * @param method how the content is hashed
 * @param hash the hash of the content
 * @since 0.1
 */
public record ContentAddress(ContentAddressMethod method, Hash hash) {
  private static final String FIXED = "fixed:";

  /** Checks that the method allows the algorithm. */
  public ContentAddress {
    requireNonNull(method, "method");
    method.require(requireNonNull(hash, "hash").algorithm());
  }

  /**
   * Reads what {@link #toString()} prints.
   *
   * @throws FormatException if the text is no content address
   */
  public static ContentAddress parse(String text) {
    ContentAddressMethod method;
    String rest;
    if (text.startsWith(ContentAddressMethod.TEXT.prefix())) {
      method = ContentAddressMethod.TEXT;
      rest = text.substring(method.prefix().length());
    } else if (text.startsWith(FIXED)) {
      String prefixed = text.substring(FIXED.length());
      method = ContentAddressMethod.ofPrefixed(prefixed);
      rest = prefixed.substring(method.prefix().length());
    } else {
      throw problem("'text:' or 'fixed:' at the beginning", text);
    }
    boolean textAsFixed = method == ContentAddressMethod.TEXT && text.startsWith(FIXED);
    if (textAsFixed || rest.indexOf(':') <= 0) {
      throw problem("algorithm:hash at the end", text);
    }
    Hash hash = Hash.parse(rest);
    if (!method.allows(hash.algorithm())) {
      throw problem("an algorithm that the method allows", text);
    }
    return new ContentAddress(method, hash);
  }

  private static FormatException problem(String expected, String text) {
    return new FormatException("content address", "", expected, "'" + text + "'");
  }

  /** The form that Nix prints, with the hash in base-32. */
  @Override
  public String toString() {
    return (method == ContentAddressMethod.TEXT ? "" : FIXED) + method.prefix() + hash;
  }
}
