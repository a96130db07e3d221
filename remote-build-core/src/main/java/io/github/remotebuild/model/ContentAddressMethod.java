package io.github.remotebuild.model;

/**
 * How content is turned into bytes before it is hashed for a {@link ContentAddress}.
 *
 * @since 0.1
 */
public enum ContentAddressMethod {
  /** A file's bytes, with references allowed; sha256 only. */
  TEXT("text:"),
  /** A file's bytes, without references. */
  FLAT(""),
  /** The NAR of the object. */
  NAR("r:"),
  /** The git tree of the object (experimental, since Nix 2.21). */
  GIT("git:");

  private final String prefix;

  ContentAddressMethod(String prefix) {
    this.prefix = prefix;
  }

  /**
   * What stands before the algorithm in a derivation: {@code text:}, nothing, {@code r:}, {@code
   * git:}.
   */
  public String prefix() {
    return prefix;
  }

  /** The method and the algorithm together, such as {@code r:sha256}. */
  public String prefixed(HashAlgorithm algorithm) {
    return prefix + algorithm.nixName();
  }

  /** Whether content of this kind can be hashed with {@code algorithm}. */
  public boolean allows(HashAlgorithm algorithm) {
    return switch (this) {
      case TEXT -> algorithm == HashAlgorithm.SHA256;
      case GIT -> algorithm == HashAlgorithm.SHA1 || algorithm == HashAlgorithm.SHA256;
      case FLAT, NAR -> true;
    };
  }

  void require(HashAlgorithm algorithm) {
    if (!allows(algorithm)) {
      throw new IllegalArgumentException(
          "Content of kind " + name() + " is not hashed with " + algorithm);
    }
  }

  /** The method whose prefix {@code text} begins with. */
  static ContentAddressMethod ofPrefixed(String text) {
    for (ContentAddressMethod method : values()) {
      if (method != FLAT && text.startsWith(method.prefix)) {
        return method;
      }
    }
    return FLAT;
  }
}
