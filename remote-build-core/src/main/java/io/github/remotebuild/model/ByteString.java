package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable sequence of bytes that is usually, but not always, UTF-8 text.
 *
 * <p>Nix keeps the builder, the arguments and the environment of a derivation as bytes; reading
 * them as {@link String} would lose what is not UTF-8. The order is Nix's own: byte by byte,
 * unsigned. Instances are immutable and safe for use by several threads.
 *
 * @since 0.1
 */
public final class ByteString implements Comparable<ByteString> {
  private static final ByteString EMPTY = new ByteString(new byte[0]);

  private final byte[] bytes;

  private ByteString(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes of {@code text} in UTF-8. */
  public static ByteString of(String text) {
    return text.isEmpty() ? EMPTY : new ByteString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of {@code bytes}. */
  public static ByteString of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteString(bytes.clone());
  }

  /** A copy of the {@code length} bytes of {@code bytes} that begin at {@code offset}. */
  public static ByteString of(byte[] bytes, int offset, int length) {
    return length == 0 ? EMPTY : new ByteString(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** The sequence over {@code bytes} itself; nobody may change them afterwards. */
  static ByteString wrap(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteString(bytes);
  }

  /** The bytes themselves; nobody may change them. */
  byte[] unsafeBytes() {
    return bytes;
  }

  /** The empty sequence. */
  public static ByteString empty() {
    return EMPTY;
  }

  /** The number of bytes. */
  public int sizeBytes() {
    return bytes.length;
  }

  /** Whether there are no bytes. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The byte at {@code index}. */
  public byte byteAt(int index) {
    return bytes[index];
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** The bytes read as UTF-8; what is not UTF-8 becomes U+FFFD. */
  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public int compareTo(ByteString other) {
    return Arrays.compareUnsigned(bytes, requireNonNull(other, "other").bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The same as {@link #utf8()}. */
  @Override
  public String toString() {
    return utf8();
  }
}
