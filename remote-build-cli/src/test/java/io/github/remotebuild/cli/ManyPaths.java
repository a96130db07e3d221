package io.github.remotebuild.cli;

import io.github.remotebuild.testkit.RealHub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A large closure of tiny files, made quickly: the files are written into the store, and the
 * database is told of all of them at once.
 *
 * <p>Each path refers to two others, as in a heap; the first thousand are a chain as well.
 */
final class ManyPaths {
  private static final String BASE32 = "0123456789abcdfghijklmnpqrsvwxyz";
  private static final int CHAIN = 1000;

  private final RealHub hub;
  private final List<String> paths;

  private ManyPaths(RealHub hub, int count) {
    this.hub = hub;
    SecureRandom random = new SecureRandom();
    this.paths =
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  StringBuilder hash = new StringBuilder();
                  random.ints(32, 0, 32).forEach(digit -> hash.append(BASE32.charAt(digit)));
                  return "/nix/store/" + hash + "-tiny-" + i;
                })
            .toList();
  }

  /** Makes a closure of that many paths and returns the one that refers to all. */
  static String in(RealHub hub, int count) throws IOException {
    ManyPaths made = new ManyPaths(hub, count);
    List<String> registration = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      registration.addAll(made.write(i));
    }
    hub.tool("nix-store", List.of("--load-db"))
        .input(String.join("\n", registration) + "\n")
        .run()
        .orThrow();
    return made.paths.get(0);
  }

  /** Writes a file, and returns the lines by which the database knows it. */
  private List<String> write(int i) throws IOException {
    TreeSet<String> references = new TreeSet<>();
    for (int next : new int[] {2 * i + 1, 2 * i + 2, i < CHAIN ? i + 1 : paths.size()}) {
      if (next < paths.size()) {
        references.add(paths.get(next));
      }
    }
    String text = "number " + i + "\n" + String.join("\n", references) + "\n";
    Path file = hub.file(paths.get(i));
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
    byte[] nar = nar(text);
    List<String> lines =
        new ArrayList<>(
            List.of(
                paths.get(i),
                sha256(nar),
                Integer.toString(nar.length),
                "",
                Integer.toString(references.size())));
    lines.addAll(references);
    return lines;
  }

  /** The archive of a file that is not executable. */
  private static byte[] nar(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : List.of("nix-archive-1", "(", "type", "regular", "contents", text, ")")) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(
          ByteBuffer.allocate(8 + (bytes.length + 7) / 8 * 8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(bytes.length)
              .put(bytes)
              .array());
    }
    return out.toByteArray();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
