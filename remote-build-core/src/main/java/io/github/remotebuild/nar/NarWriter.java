package io.github.remotebuild.nar;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes one archive from the events of which it consists.
 *
 * <p>It refuses what would not be an archive: events in the wrong order, entries that are not in
 * ascending order, names and targets that readers refuse. It buffers nothing, so the stream should.
 * It neither flushes nor closes the stream. For one thread at a time.
 *
 * @since 0.1
 */
public final class NarWriter implements NarHandler {
  private static final byte[] MAGIC = strings("nix-archive-1");
  private static final byte[] PLAIN = strings("(", "type", "regular", "contents");
  private static final byte[] EXECUTABLE =
      strings("(", "type", "regular", "executable", "", "contents");
  private static final byte[] SYMLINK = strings("(", "type", "symlink", "target");
  private static final byte[] DIRECTORY = strings("(", "type", "directory");
  private static final byte[] ENTRY = strings("entry", "(", "name");
  private static final byte[] NODE = strings("node");
  private static final byte[] CLOSE = strings(")");

  private enum Next {
    NODE,
    CONTENTS,
    ENTRY,
    NOTHING
  }

  private final OutputStream out;
  private final Deque<ByteString> lastNames = new ArrayDeque<>();
  private Next next = Next.NODE;
  private boolean isBegun;
  private long contentsLeft;
  private int padding;

  /** Makes a writer on {@code out}. */
  public NarWriter(OutputStream out) {
    this.out = requireNonNull(out, "out");
  }

  /** Whether the archive is complete. */
  public boolean isComplete() {
    return next == Next.NOTHING;
  }

  @Override
  public void file(long sizeBytes, FileKind kind) throws IOException {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("A file cannot have " + sizeBytes + " bytes");
    }
    beginNode();
    out.write(kind == FileKind.EXECUTABLE ? EXECUTABLE : PLAIN);
    writeLong(sizeBytes);
    contentsLeft = sizeBytes;
    padding = (int) -sizeBytes & 7;
    next = Next.CONTENTS;
  }

  @Override
  public void contents(byte[] buffer, int offset, int length) throws IOException {
    expect(Next.CONTENTS);
    if (length > contentsLeft) {
      throw new IllegalArgumentException(
          "The file has room for " + contentsLeft + " bytes more, not for " + length);
    }
    out.write(buffer, offset, length);
    contentsLeft -= length;
  }

  @Override
  public void endFile() throws IOException {
    expect(Next.CONTENTS);
    if (contentsLeft > 0) {
      throw new IllegalStateException("The file lacks " + contentsLeft + " bytes");
    }
    out.write(new byte[padding]);
    endNode();
  }

  @Override
  public void symlink(ByteString target) throws IOException {
    refuse(NarRules.targetProblem(target), target);
    beginNode();
    out.write(SYMLINK);
    writeString(target);
    endNode();
  }

  @Override
  public void directory() throws IOException {
    beginNode();
    out.write(DIRECTORY);
    lastNames.push(ByteString.empty());
    next = Next.ENTRY;
  }

  @Override
  public void entry(ByteString name) throws IOException {
    expect(Next.ENTRY);
    refuse(NarRules.nameProblem(name), name);
    if (lastNames.size() > NarRules.DEPTH_LIMIT) {
      throw new IllegalArgumentException(
          "An archive has at most " + NarRules.DEPTH_LIMIT + " directories in each other");
    }
    ByteString last = lastNames.element();
    if (name.compareTo(last) <= 0) {
      throw new IllegalArgumentException("'" + name + "' does not come after '" + last + "'");
    }
    lastNames.pop();
    lastNames.push(name);
    out.write(ENTRY);
    writeString(name);
    out.write(NODE);
    next = Next.NODE;
  }

  @Override
  public void endDirectory() throws IOException {
    expect(Next.ENTRY);
    lastNames.pop();
    endNode();
  }

  private void beginNode() throws IOException {
    expect(Next.NODE);
    if (!isBegun) {
      isBegun = true;
      out.write(MAGIC);
    }
  }

  private void endNode() throws IOException {
    out.write(CLOSE);
    if (lastNames.isEmpty()) {
      next = Next.NOTHING;
    } else {
      out.write(CLOSE);
      next = Next.ENTRY;
    }
  }

  private void expect(Next event) {
    if (next != event) {
      throw new IllegalStateException("The archive has room for " + next + " now, not " + event);
    }
  }

  private static void refuse(String expected, ByteString found) {
    if (!expected.isEmpty()) {
      throw new IllegalArgumentException("'" + found + "' is not " + expected);
    }
  }

  private void writeLong(long value) throws IOException {
    byte[] bytes = new byte[8];
    putLong(bytes, 0, value);
    out.write(bytes);
  }

  private void writeString(ByteString text) throws IOException {
    byte[] padded = new byte[8 + ((text.sizeBytes() + 7) & ~7)];
    putLong(padded, 0, text.sizeBytes());
    System.arraycopy(text.toByteArray(), 0, padded, 8, text.sizeBytes());
    out.write(padded);
  }

  private static void putLong(byte[] bytes, int at, long value) {
    for (int i = 0; i < 8; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private static byte[] strings(String... words) {
    int size = 0;
    for (String word : words) {
      size += 8 + ((word.length() + 7) & ~7);
    }
    byte[] bytes = new byte[size];
    int at = 0;
    for (String word : words) {
      byte[] ascii = word.getBytes(StandardCharsets.US_ASCII);
      putLong(bytes, at, ascii.length);
      System.arraycopy(ascii, 0, bytes, at + 8, ascii.length);
      at += 8 + ((ascii.length + 7) & ~7);
    }
    return bytes;
  }
}
