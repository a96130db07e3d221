package io.github.remotebuild.testkit.embedded;

/**
 * An embedded store refuses what it was asked for, in the words that Nix would use.
 *
 * @since 0.1
 */
public final class EmbeddedStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public EmbeddedStoreException(String message) {
    super(message);
  }
}
