package io.github.remotebuild.ssh.jsch;

import java.util.Base64;
import java.util.Optional;

/** The text form of a public key: {@code ssh-ed25519 AAAA… comment}. */
final class HostKeyText {
  private HostKeyText() {}

  /** The key, or empty if the text is none, or names another type than the key has. */
  static Optional<byte[]> decode(String type, String base64) {
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Fingerprint.typeOf(blob).equals(type) ? Optional.of(blob) : Optional.empty();
  }

  /** The key of a whole line. */
  static Optional<byte[]> decode(String line) {
    String[] words = line.strip().split("[ \t]+", 3);
    return words.length < 2 ? Optional.empty() : decode(words[0], words[1]);
  }

  /** The line of a key. */
  static String encode(byte[] blob) {
    return Fingerprint.typeOf(blob) + " " + Base64.getEncoder().encodeToString(blob);
  }
}
