package io.github.remotebuild.model;

import java.util.Base64;

/** A name and some bytes, written {@code name:base-64}. */
final class KeyText {
  private final String name;
  private final byte[] bytes;

  private KeyText(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** Never puts {@code text} into a message: it may be a secret. */
  static KeyText parse(String what, String text, int sizeBytes) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw new FormatException(what, "", "name:base-64", "no name and colon");
    }
    String name = text.substring(0, colon);
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) {
      throw new FormatException(what + " " + name, "", "base-64 after the colon", "something else");
    }
    if (bytes.length != sizeBytes) {
      throw new FormatException(
          what + " " + name, "", sizeBytes + " bytes in base-64", bytes.length + " bytes");
    }
    return new KeyText(name, bytes);
  }

  String name() {
    return name;
  }

  byte[] bytes() {
    return bytes;
  }
}
