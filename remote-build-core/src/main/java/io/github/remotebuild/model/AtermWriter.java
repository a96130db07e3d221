package io.github.remotebuild.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects the text of a derivation; the counterpart of {@link AtermReader}. */
final class AtermWriter {
  private byte[] bytes = new byte[4096];
  private int size;

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }

  AtermWriter raw(char ascii) {
    ensure(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  AtermWriter raw(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return raw(utf8, 0, utf8.length);
  }

  private AtermWriter raw(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
    return this;
  }

  AtermWriter plain(String text) {
    return raw('"').raw(text).raw('"');
  }

  AtermWriter plain(StorePath path) {
    return raw('"').raw(path.storeDir().path()).raw('/').raw(path.baseName()).raw('"');
  }

  AtermWriter escaped(ByteString text) {
    byte[] from = text.unsafeBytes();
    raw('"');
    int copied = 0;
    for (int i = 0; i < from.length; i++) {
      byte b = from[i];
      if (b > '\\' || b < 0) {
        continue;
      }
      char letter;
      switch (b) {
        case '"' -> letter = '"';
        case '\\' -> letter = '\\';
        case '\n' -> letter = 'n';
        case '\r' -> letter = 'r';
        case '\t' -> letter = 't';
        default -> {
          continue;
        }
      }
      raw(from, copied, i - copied).raw('\\').raw(letter);
      copied = i + 1;
    }
    return raw(from, copied, from.length - copied).raw('"');
  }

  /** A comma, unless {@code index} is 0. */
  AtermWriter separator(int index) {
    return index == 0 ? this : raw(',');
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  Hash sha256() {
    var digest = HashAlgorithm.SHA256.newDigest();
    digest.update(bytes, 0, size);
    return Hash.of(HashAlgorithm.SHA256, digest.digest());
  }
}
