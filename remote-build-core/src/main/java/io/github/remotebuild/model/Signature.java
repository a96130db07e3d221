package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Base64;
import java.util.Optional;

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
  private static final int SIZE_BYTES = 64;

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

  /** The 64 bytes after the first colon, or nothing if the text has none that Nix could check. */
  public Optional<ByteString> bytes() {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(colon + 1));
      return bytes.length == SIZE_BYTES ? Optional.of(ByteString.wrap(bytes)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
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
