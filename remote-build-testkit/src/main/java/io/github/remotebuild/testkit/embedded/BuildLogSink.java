package io.github.remotebuild.testkit.embedded;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Passes a builder's log on, tells the watch of it, and keeps the end for the error message. */
final class BuildLogSink {
  private static final int LIMIT_BYTES = 4 * 1024;
  private static final int LIMIT_LINES = 10;

  /** Takes bytes of a log. */
  @FunctionalInterface
  interface Target {
    void write(byte[] buffer, int offset, int length);
  }

  private final Target target;
  private final BuildWatch watch;
  private final ReentrantLock lock = new ReentrantLock();
  private byte[] tail = new byte[0];

  BuildLogSink(Target target, BuildWatch watch) {
    this.target = target;
    this.watch = watch;
  }

  void write(byte[] buffer, int offset, int length) {
    lock.lock();
    try {
      if (!watch.logged(length)) {
        return;
      }
      target.write(buffer, offset, length);
      int kept = Math.min(length, LIMIT_BYTES);
      int old = Math.min(tail.length, LIMIT_BYTES - kept);
      byte[] next = new byte[old + kept];
      System.arraycopy(tail, tail.length - old, next, 0, old);
      System.arraycopy(buffer, offset + length - kept, next, old, kept);
      tail = next;
    } finally {
      lock.unlock();
    }
  }

  /** The last lines, as Nix quotes them; empty if there are none. */
  String quoted() {
    List<String> lines = new ArrayList<>();
    lock.lock();
    try {
      new String(tail, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(lines::add);
    } finally {
      lock.unlock();
    }
    List<String> last = lines.subList(Math.max(0, lines.size() - LIMIT_LINES), lines.size());
    if (last.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(";\n       last " + last.size() + " log lines:");
    last.forEach(line -> text.append("\n       > ").append(line));
    return text.toString();
  }
}
