package io.github.remotebuild.internal.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines.
 *
 * <p>A line ends at {@code \n}, with an {@code \r} before it left out. A line that passes the bound
 * is cut there. Not safe for use by several threads.
 */
final class LineSplitter {
  private final int limitBytes;
  private final Consumer<String> lines;
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();

  LineSplitter(int limitBytes, Consumer<String> lines) {
    this.limitBytes = limitBytes;
    this.lines = lines;
  }

  void accept(byte[] buffer, int offset, int length) {
    int begin = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (buffer[i] == '\n') {
        open.write(buffer, begin, i - begin);
        emit();
        begin = i + 1;
      } else if (open.size() + (i + 1 - begin) >= limitBytes) {
        open.write(buffer, begin, i + 1 - begin);
        emit();
        begin = i + 1;
      }
    }
    open.write(buffer, begin, end - begin);
  }

  /** Passes on a last line that has no end. */
  void finish() {
    if (open.size() > 0) {
      emit();
    }
  }

  private void emit() {
    String line = open.toString(StandardCharsets.UTF_8);
    open.reset();
    lines.accept(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
  }
}
