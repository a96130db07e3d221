package io.github.remotebuild.ssh.jsch;

import io.github.remotebuild.ssh.jsch.KnownKey.Marker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads known hosts files.
 *
 * <pre>
 * line    = [marker] names type key [comment]
 * marker  = "@cert-authority" | "@revoked"
 * names   = pattern *("," pattern) | "|1|" salt "|" hash      (HMAC-SHA1 of the name)
 * pattern = ["!"] name with "*" and "?"; a port other than 22 as "[name]:port"
 * </pre>
 *
 * <p>As in OpenSSH, a line that makes no sense is passed over, and a host on another port than 22
 * is looked for by its plain name where no line has its port (sshd(8), section SSH_KNOWN_HOSTS FILE
 * FORMAT; checked against OpenSSH 9.2).
 */
final class KnownHosts {
  /** The largest file that is read; 100,000 lines of ordinary length fit. */
  static final int MAX_FILE_BYTES = 16 * 1024 * 1024;

  private static final Pattern BLANKS = Pattern.compile("[ \t]+");
  private static final int DEFAULT_PORT = 22;

  private KnownHosts() {}

  /** The name under which a host is listed. */
  static String listedName(String host, int port) {
    return port == DEFAULT_PORT ? host : "[" + host + "]:" + port;
  }

  /** The keys that the files have for a host, in the order of the lines. */
  static List<KnownKey> find(List<Path> files, String host, int port) throws IOException {
    List<KnownKey> withPort = new ArrayList<>();
    List<KnownKey> plainName = new ArrayList<>();
    String listed = listedName(host, port).toLowerCase(Locale.ROOT);
    String plain = host.toLowerCase(Locale.ROOT);
    for (Path file : files) {
      int number = 0;
      for (String line : read(file).split("\n", -1)) {
        number++;
        Optional<Line> parsed = Line.parse(line, file + ":" + number);
        if (parsed.isEmpty()) {
          continue;
        }
        if (parsed.get().matches(listed)) {
          withPort.add(parsed.get().key());
        } else if (parsed.get().matches(plain)) {
          plainName.add(parsed.get().key());
        }
      }
    }
    if (withPort.stream().noneMatch(key -> key.marker() != Marker.REVOKED)) {
      withPort.addAll(plainName);
    } else {
      plainName.stream().filter(key -> key.marker() == Marker.REVOKED).forEach(withPort::add);
    }
    return withPort;
  }

  private static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw new IOException("it is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private record Line(String names, KnownKey key) {
    static Optional<Line> parse(String text, String origin) {
      String trimmed = text.strip();
      if (trimmed.isEmpty() || trimmed.startsWith("#")) {
        return Optional.empty();
      }
      String[] words = BLANKS.split(trimmed, -1);
      Marker marker = Marker.PLAIN;
      int first = 0;
      if (words[0].startsWith("@")) {
        switch (words[0]) {
          case "@revoked" -> marker = Marker.REVOKED;
          case "@cert-authority" -> marker = Marker.CERT_AUTHORITY;
          default -> {
            return Optional.empty();
          }
        }
        first = 1;
      }
      if (words.length < first + 3) {
        return Optional.empty();
      }
      Optional<byte[]> blob = HostKeyText.decode(words[first + 1], words[first + 2]);
      if (blob.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Line(words[first], new KnownKey(marker, blob.get(), origin)));
    }

    boolean matches(String name) {
      if (names.startsWith("|")) {
        return matchesHash(name);
      }
      boolean matched = false;
      for (String pattern : names.toLowerCase(Locale.ROOT).split(",", -1)) {
        boolean isNegated = pattern.startsWith("!");
        if (matchesPattern(isNegated ? pattern.substring(1) : pattern, name)) {
          if (isNegated) {
            return false;
          }
          matched = true;
        }
      }
      return matched;
    }

    private boolean matchesHash(String name) {
      String[] parts = names.split("\\|", -1);
      if (parts.length != 4 || !parts[1].equals("1")) {
        return false;
      }
      try {
        byte[] salt = Base64.getDecoder().decode(parts[2]);
        byte[] hash = Base64.getDecoder().decode(parts[3]);
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(salt, "HmacSHA1"));
        return MessageDigest.isEqual(hash, mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
      } catch (IllegalArgumentException e) {
        return false;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HmacSHA1", e);
      }
    }
  }

  /** Glob matching without backtracking blow-up: remembers only the last star. */
  private static boolean matchesPattern(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int retry = 0;
    while (n < name.length()) {
      if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))
          && pattern.charAt(p) != '*') {
        p++;
        n++;
      } else if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = n;
      } else if (star >= 0) {
        p = star + 1;
        n = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
