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
}
