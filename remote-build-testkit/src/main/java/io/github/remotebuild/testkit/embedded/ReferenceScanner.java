package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.StorePath;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Looks for the hash parts of store paths in the bytes that are written to it, as {@code
 * src/libstore/references.cc} does. For one thread at a time.
 */
final class ReferenceScanner extends OutputStream {
  private static final int LENGTH = StorePath.HASH_PART_LENGTH;
  private static final String DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";
  private static final boolean[] IS_DIGIT = new boolean[256];

  static {
    DIGITS.chars().forEach(digit -> IS_DIGIT[digit] = true);
  }

  private final Map<String, StorePath> candidates = new HashMap<>();
  private final SortedSet<StorePath> found = new TreeSet<>();

  /** The end of what was written, which a hash part may begin in, with room for what follows. */
  private final byte[] seam = new byte[2 * (LENGTH - 1)];

  private int tail;

  ReferenceScanner(Collection<StorePath> paths) {
    paths.forEach(path -> candidates.put(path.hashPart(), path));
  }

  /** Those of the paths whose hash part was seen. */
  SortedSet<StorePath> found() {
    return new TreeSet<>(found);
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) {
    int joined = Math.min(length, LENGTH - 1);
    System.arraycopy(buffer, offset, seam, tail, joined);
    scan(seam, 0, tail + joined);
    scan(buffer, offset, offset + length);
    if (length >= LENGTH - 1) {
      tail = LENGTH - 1;
      System.arraycopy(buffer, offset + length - tail, seam, 0, tail);
    } else {
      int kept = Math.min(LENGTH - 1, tail + length);
      System.arraycopy(seam, tail + length - kept, seam, 0, kept);
      tail = kept;
    }
  }

  private void scan(byte[] buffer, int from, int to) {
    int at = from;
    while (at + LENGTH <= to) {
      int last = at + LENGTH - 1;
      while (last >= at && IS_DIGIT[buffer[last] & 0xff]) {
        last--;
      }
      if (last >= at) {
        at = last + 1;
        continue;
      }
      StorePath path = candidates.get(new String(buffer, at, LENGTH, StandardCharsets.ISO_8859_1));
      if (path != null) {
        found.add(path);
      }
      at++;
    }
  }
}
