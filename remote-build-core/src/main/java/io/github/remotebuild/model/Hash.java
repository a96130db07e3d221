package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A hash of known algorithm, readable and printable in every spelling that Nix uses.
 *
 * <p>Spellings: {@code sha256:<base-16, base-32 or base-64>}, SRI {@code sha256-<base-64>}, and the
 * bare text where the algorithm is known. Base-16 may be in upper case, base-64 may lack its
 * padding and have line feeds inside; which base it is follows from the length. Instances are
 * immutable.
 *
 * @since 0.1
 */
public final class Hash implements Comparable<Hash> {
  private final HashAlgorithm algorithm;
  private final byte[] bytes;

  private Hash(HashAlgorithm algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  /**
   * A hash of these bytes.
   *
   * @throws IllegalArgumentException if the length is not the algorithm's
   */
  public static Hash of(HashAlgorithm algorithm, byte[] bytes) {
    if (bytes.length != requireNonNull(algorithm, "algorithm").sizeBytes()) {
      throw new IllegalArgumentException(
          "A " + algorithm + " hash has " + algorithm.sizeBytes() + " bytes, not " + bytes.length);
    }
    return new Hash(algorithm, bytes.clone());
  }

  /** The hash of {@code content}. */
  public static Hash compute(HashAlgorithm algorithm, byte[] content) {
    return new Hash(algorithm, algorithm.newDigest().digest(content));
  }

  /**
   * Reads a hash that names its algorithm: {@code algo:text} or SRI.
   *
   * @throws FormatException if it does not
   */
  public static Hash parse(String text) {
    int colon = text.indexOf(':');
    if (colon > 0) {
      return decode(HashAlgorithm.parse(text.substring(0, colon)), text.substring(colon + 1), text);
    }
    int dash = text.indexOf('-');
    if (dash > 0) {
      return decodeBase64(
          HashAlgorithm.parse(text.substring(0, dash)), text.substring(dash + 1), text);
    }
    throw problem("algorithm:hash or algorithm-base64", text);
  }

  /**
   * Reads a hash in any spelling; one that names no algorithm is taken for {@code expected}.
   *
   * @throws FormatException if the text is none, or names another algorithm
   */
  public static Hash parse(String text, HashAlgorithm expected) {
    boolean named = text.indexOf(':') > 0 || text.indexOf('-') > 0;
    Hash hash = named ? parse(text) : decode(expected, text, text);
    if (hash.algorithm != expected) {
      throw problem("a " + expected + " hash", text);
    }
    return hash;
  }

  private static Hash decode(HashAlgorithm algorithm, String digits, String whole) {
    int size = algorithm.sizeBytes();
    if (digits.length() == size * 2 && digits.indexOf('\n') < 0) {
      try {
        return new Hash(algorithm, HexFormat.of().parseHex(digits));
      } catch (IllegalArgumentException e) {
        throw problem("hexadecimal digits only", whole);
      }
    }
    if (digits.length() == NixBase32.encodedLength(size) && digits.indexOf('\n') < 0) {
      try {
        return new Hash(algorithm, NixBase32.decode(digits));
      } catch (FormatException e) {
        throw problem(e.expected(), whole);
      }
    }
    return decodeBase64(algorithm, digits, whole);
  }

  /** Padding may be missing, and line feeds may stand anywhere, as in Nix. */
  private static Hash decodeBase64(HashAlgorithm algorithm, String digits, String whole) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(digits.replace("\n", ""));
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != algorithm.sizeBytes()) {
      throw problem("a " + algorithm + " hash in base-16, base-32 or base-64", whole);
    }
    return new Hash(algorithm, bytes);
  }

  private static FormatException problem(String expected, String whole) {
    return new FormatException("hash", "", expected, "'" + whole + "'");
  }

  /** The algorithm. */
  public HashAlgorithm algorithm() {
    return algorithm;
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Lower-case hexadecimal digits, without the algorithm. */
  public String base16() {
    return HexFormat.of().formatHex(bytes);
  }

  /** Nix's base-32, without the algorithm. */
  public String base32() {
    return NixBase32.encode(bytes);
  }

  /** Base-64 with padding, without the algorithm. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The SRI form, {@code sha256-<base-64>}. */
  public String sri() {
    return algorithm + "-" + base64();
  }

  /** Orders by algorithm, then by bytes. */
  @Override
  public int compareTo(Hash other) {
    int byAlgorithm = algorithm.compareTo(other.algorithm);
    return byAlgorithm != 0 ? byAlgorithm : Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash that
        && algorithm == that.algorithm
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The form of {@code nix-store --query --hash}: {@code sha256:<base-32>}. */
  @Override
  public String toString() {
    return algorithm + ":" + base32();
  }
}
