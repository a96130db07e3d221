package io.github.remotebuild.store;

import io.github.remotebuild.internal.text.AnsiEscapes;
import io.github.remotebuild.transport.StderrSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Passes standard error on, and keeps the end of it as evidence. Safe for several threads. */
final class StderrTail implements StderrSink {
  private static final int LIMIT_BYTES = 8 * 1024;
  private static final int LIMIT_LINES = 40;

  private final StderrSink next;
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] ring = new byte[LIMIT_BYTES];
  private long total;

  StderrTail(StderrSink next) {
    this.next = next;
  }

  @Override
  public void accept(byte[] buffer, int offset, int length) {
    lock.lock();
    try {
      int kept = Math.min(length, LIMIT_BYTES);
      int from = offset + length - kept;
      int at = (int) ((total + length - kept) % LIMIT_BYTES);
      int first = Math.min(kept, LIMIT_BYTES - at);
      System.arraycopy(buffer, from, ring, at, first);
      System.arraycopy(buffer, from + first, ring, 0, kept - first);
      total += length;
    } finally {
      lock.unlock();
    }
    next.accept(buffer, offset, length);
  }

  @Override
  public void end() {
    next.end();
  }

  /** The last lines, oldest first, without terminal escapes and without empty ones. */
  List<String> lines() {
    byte[] bytes;
    boolean isCut;
    lock.lock();
    try {
      int kept = (int) Math.min(total, LIMIT_BYTES);
      isCut = total > LIMIT_BYTES;
      bytes = new byte[kept];
      int at = (int) ((total - kept) % LIMIT_BYTES);
      int first = Math.min(kept, LIMIT_BYTES - at);
      System.arraycopy(ring, at, bytes, 0, first);
      System.arraycopy(ring, 0, bytes, first, kept - first);
    } finally {
      lock.unlock();
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    for (String line : text.split("[\r\n]", -1)) {
      String plain = AnsiEscapes.strip(line).stripTrailing();
      if (!plain.isEmpty()) {
        lines.add(plain);
      }
    }
    if (isCut && lines.size() > 1) {
      lines.remove(0);
    }
    return List.copyOf(lines.subList(Math.max(0, lines.size() - LIMIT_LINES), lines.size()));
  }
}
