package io.github.remotebuild.internal.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines.
 *
 * <p>A line ends at {@code \n}, with an {@code \r} before it left out. A line that is longer than
 * the bound comes in pieces of at most that many bytes, none of which ends within a character of
 * UTF-8. Not safe for use by several threads.
 */
final class LineSplitter {
  /** The most bytes of a character that may come before the byte that completes it. */
  private static final int CHARACTER_REST = 3;

  private static final int FIRST_SIZE = 256;

  private final int limitBytes;
  private final Consumer<String> lines;

  /** What is open: up to the bound, and one more byte, which may be the {@code \r} of the end. */
  private byte[] open;

  private int size;

  LineSplitter(int limitBytes, Consumer<String> lines) {
    this.limitBytes = limitBytes;
    this.lines = lines;
    this.open = new byte[Math.min(FIRST_SIZE, limitBytes + 1)];
  }

  void accept(byte[] buffer, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      if (buffer[at] == '\n') {
        endLine();
        at++;
      } else {
        at += take(buffer, at, end);
      }
    }
  }

  /** Takes as many bytes of the open line as fit, and says how many. */
  private int take(byte[] buffer, int from, int end) {
    if (size > limitBytes || (size == limitBytes && buffer[from] != '\r')) {
      cut();
    }
    int room = Math.max(1, limitBytes - size);
    int to = from + 1;
    int last = Math.min(end, from + room);
    while (to < last && buffer[to] != '\n') {
      to++;
    }
    int count = to - from;
    if (size + count > open.length) {
      open = Arrays.copyOf(open, Math.min(limitBytes + 1, Math.max(size + count, 2 * open.length)));
    }
    System.arraycopy(buffer, from, open, size, count);
    size += count;
    return count;
  }

  /** Passes on as much as fits into one piece, and keeps the rest. */
  private void cut() {
    int end = limitBytes;
    for (int back = 0; back < CHARACTER_REST && end > 1 && isWithinCharacter(end); back++) {
      end--;
    }
    if (isWithinCharacter(end)) {
      end = limitBytes;
    }
    String piece = text(end);
    System.arraycopy(open, end, open, 0, size - end);
    size -= end;
    lines.accept(piece);
  }

  /** Whether a cut before this byte would cut a character in two. */
  private boolean isWithinCharacter(int at) {
    if (at < size) {
      return (open[at] & 0xc0) == 0x80;
    }
    // The next byte is not here yet: look whether the last character still lacks some.
    for (int back = 1; back <= CHARACTER_REST && back <= at; back++) {
      int value = open[at - back] & 0xff;
      if (value < 0x80) {
        return false;
      }
      if (value >= 0xc0) {
        int length = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : 2;
        return back < length;
      }
    }
    return false;
  }

  private String text(int end) {
    return new String(open, 0, end, StandardCharsets.UTF_8);
  }

  private void endLine() {
    String line = text(size > 0 && open[size - 1] == '\r' ? size - 1 : size);
    size = 0;
    lines.accept(line);
  }

  /** Passes on a last line that has no end. */
  void finish() {
    if (size > limitBytes) {
      cut();
    }
    if (size > 0) {
      String line = text(size);
      size = 0;
      lines.accept(line);
    }
  }
}
