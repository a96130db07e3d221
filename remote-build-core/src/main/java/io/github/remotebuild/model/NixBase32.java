package io.github.remotebuild.model;

/**
 * Nix's base-32: alphabet without {@code e o t u}, little-endian, most significant digit first.
 *
 * <p>It is not RFC 4648. Checked against Nix 2.8.0 (reference: {@code src/libutil/hash.cc}).
 *
 * @since 0.1
 */
public final class NixBase32 {
  static final String ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz";

  private static final byte[] DIGITS = new byte[128];

  static {
    java.util.Arrays.fill(DIGITS, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      DIGITS[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private NixBase32() {}

  /** The number of characters that {@code sizeBytes} bytes take. */
  public static int encodedLength(int sizeBytes) {
    return sizeBytes == 0 ? 0 : (sizeBytes * 8 - 1) / 5 + 1;
  }

  /** The text of {@code bytes}. */
  public static String encode(byte[] bytes) {
    int length = encodedLength(bytes.length);
    char[] out = new char[length];
    for (int n = length - 1; n >= 0; n--) {
      int bit = n * 5;
      int index = bit / 8;
      int shift = bit % 8;
      int digit = (bytes[index] & 0xff) >>> shift;
      if (index + 1 < bytes.length) {
        digit |= (bytes[index + 1] & 0xff) << (8 - shift);
      }
      out[length - 1 - n] = ALPHABET.charAt(digit & 0x1f);
    }
    return new String(out);
  }

  /**
   * The bytes of {@code text}.
   *
   * @throws FormatException if a character is outside the alphabet, if the length is none that an
   *     encoding has, or if bits are set beyond the last byte
   */
  public static byte[] decode(String text) {
    int size = text.length() * 5 / 8;
    if (encodedLength(size) != text.length()) {
      throw new FormatException(
          "base-32 text", "", "a length that whole bytes give", text.length() + " characters");
    }
    byte[] out = new byte[size];
    for (int n = 0; n < text.length(); n++) {
      int at = text.length() - 1 - n;
      char c = text.charAt(at);
      int digit = c < 128 ? DIGITS[c] : -1;
      if (digit < 0) {
        throw new FormatException(
            "base-32 text", "character " + (at + 1), "one of " + ALPHABET, "'" + c + "'");
      }
      int bit = n * 5;
      int index = bit / 8;
      int shift = bit % 8;
      out[index] |= (byte) (digit << shift);
      int carry = digit >>> (8 - shift);
      if (index + 1 < size) {
        out[index + 1] |= (byte) carry;
      } else if (carry != 0) {
        throw new FormatException(
            "base-32 text", "character 1", "no bits beyond the last byte", "'" + text + "'");
      }
    }
    return out;
  }

  static boolean isDigit(char c) {
    return c < 128 && DIGITS[c] >= 0;
  }
}
