package io.github.remotebuild.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the pieces of a derivation's text, as strictly as Nix writes them.
 *
 * <p>A string is {@code "…"}. Of an <em>escaped</em> one exactly the bytes {@code " \ LF CR TAB}
 * are escaped; a <em>plain</em> one has neither quotes nor backslashes inside.
 */
final class AtermReader {
  private static final int FOUND_BYTES = 24;

  private final String source;
  private final byte[] bytes;
  private int at;

  AtermReader(String source, byte[] bytes) {
    this.source = source;
    this.bytes = bytes;
  }

  /** The offset of the next byte. */
  int offset() {
    return at;
  }

  boolean isNext(char c) {
    return at < bytes.length && bytes[at] == c;
  }

  boolean tryRead(String ascii) {
    int length = ascii.length();
    if (bytes.length - at < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[at + i] != ascii.charAt(i)) {
        return false;
      }
    }
    at += length;
    return true;
  }

  void expect(String ascii) {
    if (!tryRead(ascii)) {
      throw problem(at, "'" + ascii + "'");
    }
  }

  /**
   * Steps into the next element of a list whose {@code [} is read, or over its end.
   *
   * @param read how many elements were read
   * @return whether there is an element
   */
  boolean nextElement(int read) {
    if (isNext(']')) {
      at++;
      return false;
    }
    if (read > 0 && !tryRead(",")) {
      throw problem(at, "',' or ']'");
    }
    return true;
  }

  void expectEnd() {
    if (at != bytes.length) {
      throw problem(at, "the end of the text");
    }
  }

  /** A string in which nothing can be escaped. */
  String plain() {
    expect("\"");
    int start = at;
    boolean ascii = true;
    for (; at < bytes.length; at++) {
      byte b = bytes[at];
      if (b == '"') {
        int length = at - start;
        at++;
        return ascii
            ? new String(bytes, start, length, StandardCharsets.ISO_8859_1)
            : utf8(start, length);
      }
      if (b == '\\') {
        throw problem(at, "no backslash in this string");
      }
      ascii &= b >= 0;
    }
    throw problem(at, "the closing quote of the string at byte " + (start - 1));
  }

  private String utf8(int start, int length) {
    String text = new String(bytes, start, length, StandardCharsets.UTF_8);
    byte[] again = text.getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(again, 0, again.length, bytes, start, start + length)) {
      throw problem(start, "UTF-8 text");
    }
    return text;
  }

  /** A string in which quotes, backslashes, line ends and tabs are escaped. */
  ByteString escaped() {
    expect("\"");
    int start = at;
    int escapes = 0;
    for (; at < bytes.length; at++) {
      byte b = bytes[at];
      if (b > '\\' || b < 0) {
        continue;
      }
      if (b == '"') {
        int length = at - start;
        at++;
        return escapes == 0
            ? ByteString.of(bytes, start, length)
            : unescape(start, length, length - escapes);
      }
      if (b == '\\') {
        at++;
        escapes++;
        if (at < bytes.length && "\"\\nrt".indexOf(bytes[at]) < 0) {
          throw problem(at - 1, "one of the escapes \\\" \\\\ \\n \\r \\t");
        }
      } else if (b == '\n' || b == '\r' || b == '\t') {
        throw problem(at, "line ends and tabs to be escaped");
      }
    }
    at = bytes.length;
    throw problem(at, "the closing quote of the string at byte " + (start - 1));
  }

  private ByteString unescape(int start, int length, int size) {
    byte[] out = new byte[size];
    int to = 0;
    for (int i = start; i < start + length; i++) {
      byte b = bytes[i];
      if (b == '\\') {
        i++;
        b = bytes[i];
        if (b == 'n') {
          b = '\n';
        } else if (b == 'r') {
          b = '\r';
        } else if (b == 't') {
          b = '\t';
        }
      }
      out[to++] = b;
    }
    return ByteString.wrap(out);
  }

  /** The error that at {@code offset} something else was expected. */
  FormatException problem(int offset, String expected) {
    String found =
        offset >= bytes.length
            ? "the end of the text"
            : "'"
                + new String(
                    bytes,
                    offset,
                    Math.min(FOUND_BYTES, bytes.length - offset),
                    StandardCharsets.UTF_8)
                + "'";
    return problem(offset, expected, found);
  }

  FormatException problem(int offset, String expected, String found) {
    return new FormatException(source, "byte " + offset, expected, found);
  }
}
