package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * A signature over a store path's fingerprint, as text: {@code <key name>:<base-64>}.
 *
 * <p>Before Nix 2.34 a store passes signatures on unread, so any text is kept as it came.
 * Immutable; ordered by the whole text.
 *
 * @param text the signature as it travels
 * @since 0.1
 */
public record Signature(String text) implements Comparable<Signature> {
  /** Refuses null. */
  public Signature {
    requireNonNull(text, "text");
  }

  /**
   * The name of the key: what stands before the first colon, or the empty string if there is none.
   */
  public String keyName() {
    int colon = text.indexOf(':');
    return colon < 0 ? "" : text.substring(0, colon);
  }

  @Override
  public int compareTo(Signature other) {
    return text.compareTo(other.text);
  }

  /** The text. */
  @Override
  public String toString() {
    return text;
  }
}
