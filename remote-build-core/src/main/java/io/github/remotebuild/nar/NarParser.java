package io.github.remotebuild.nar;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Reads one archive from bytes that are handed to it piece by piece.
 *
 * <p>It keeps no contents and needs a few KiB whatever the size of the archive. It takes exactly
 * the bytes of one archive and leaves what follows. For the grammar see the package. For one thread
 * at a time.
 *
 * @since 0.1
 */
public final class NarParser {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int HEADER_BYTES = 8;

  /** The longest keyword has 13 bytes; Nix 2.34 reads up to 32 before it complains. */
  private static final int KEYWORD_LIMIT_BYTES = 32;

  private enum State {
    MAGIC("'nix-archive-1'"),
    NODE_OPEN("'('"),
    TYPE_KEY("'type'"),
    TYPE("'regular', 'symlink' or 'directory'"),
    FILE_KEY("'executable' or 'contents'"),
    EXECUTABLE("an empty string after 'executable'"),
    CONTENTS_KEY("'contents'"),
    CONTENTS("the contents of a file"),
    TARGET_KEY("'target'"),
    TARGET("a target of 1 to " + NarRules.TARGET_LIMIT_BYTES + " bytes"),
    NODE_CLOSE("')'"),
    ENTRY_OR_CLOSE("'entry' or ')'"),
    ENTRY_OPEN("'('"),
    NAME_KEY("'name'"),
    NAME("a name of 1 to " + NarRules.NAME_LIMIT_BYTES + " bytes"),
    NODE_KEY("'node'"),
    ENTRY_CLOSE("')'"),
    COMPLETE("nothing");

    private final String expected;

    State(String expected) {
      this.expected = expected;
    }
  }

  private static final byte[] MAGIC = ascii("nix-archive-1");
  private static final byte[] OPEN = ascii("(");
  private static final byte[] CLOSE = ascii(")");
  private static final byte[] TYPE = ascii("type");
  private static final byte[] REGULAR = ascii("regular");
  private static final byte[] SYMLINK = ascii("symlink");
  private static final byte[] DIRECTORY = ascii("directory");
  private static final byte[] EXECUTABLE = ascii("executable");
  private static final byte[] CONTENTS = ascii("contents");
  private static final byte[] TARGET = ascii("target");
  private static final byte[] ENTRY = ascii("entry");
  private static final byte[] NAME = ascii("name");
  private static final byte[] NODE = ascii("node");

  private final String source;
  private final NarHandler handler;

  /** The name last seen in each open directory; empty before the first. */
  private final Deque<ByteString> lastNames = new ArrayDeque<>();

  /** A string that does not lie in one piece, with its header. */
  private final byte[] pending = new byte[HEADER_BYTES + NarRules.TARGET_LIMIT_BYTES + 8];

  private int pendingBytes;
  private State state = State.MAGIC;
  private FileKind kind = FileKind.PLAIN;
  private long contentsLeft;
  private int paddingLeft;
  private long position;

  /** Where the string or padding begins that is being read. */
  private long place;

  /**
   * Makes a parser that only checks.
   *
   * @param source what messages call the archive, such as {@code the NAR of /nix/store/…}
   */
  public NarParser(String source) {
    this(source, new NarHandler() {});
  }

  /**
   * Makes a parser that reports what it reads.
   *
   * @param source what messages call the archive
   * @param handler hears of it
   */
  public NarParser(String source, NarHandler handler) {
    this.source = requireNonNull(source, "source");
    this.handler = requireNonNull(handler, "handler");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the archive has been read to its end. */
  public boolean isComplete() {
    return state == State.COMPLETE;
  }

  /** How many bytes of the archive have been taken. */
  public long position() {
    return position;
  }

  /**
   * How many bytes are certainly still to come, at least 1 until the archive is complete. Whoever
   * reads from a stream on which something follows may read that many.
   */
  public long neededBytes() {
    if (isComplete()) {
      return 0;
    }
    if (contentsLeft > 0) {
      return contentsLeft;
    }
    if (paddingLeft > 0) {
      return paddingLeft;
    }
    if (pendingBytes < HEADER_BYTES) {
      return (long) HEADER_BYTES - pendingBytes;
    }
    return (long) pendingTotal() - pendingBytes;
  }

  /**
   * Takes bytes, up to the end of the archive.
   *
   * @return how many of them were taken: all, unless the archive is complete
   * @throws FormatException if they are not what an archive has here
   * @throws IOException if the handler throws it
   */
  public int feed(byte[] buffer, int offset, int length) throws IOException {
    int end = offset + length;
    int at = offset;
    while (at < end && state != State.COMPLETE) {
      int taken;
      if (contentsLeft > 0) {
        taken = takeContents(buffer, at, end);
      } else if (paddingLeft > 0) {
        taken = takePadding(buffer, at, end);
      } else {
        taken = takeString(buffer, at, end);
      }
      at += taken;
      position += taken;
    }
    return at - offset;
  }

  /**
   * Says that no more bytes will come.
   *
   * @throws EOFException if the archive is not complete
   */
  public void end() throws EOFException {
    if (!isComplete()) {
      throw new EOFException(
          "Could not read "
              + source
              + ": it ends at byte "
              + position
              + ", where "
              + state.expected
              + " should be");
    }
  }

  private int takeContents(byte[] buffer, int at, int end) throws IOException {
    int taken = (int) Math.min(contentsLeft, end - at);
    handler.contents(buffer, at, taken);
    contentsLeft -= taken;
    if (contentsLeft == 0 && paddingLeft == 0) {
      endFile();
    }
    return taken;
  }

  private int takePadding(byte[] buffer, int at, int end) throws IOException {
    int taken = Math.min(paddingLeft, end - at);
    place = position;
    checkPadding(buffer, at, taken);
    paddingLeft -= taken;
    if (paddingLeft == 0) {
      endFile();
    }
    return taken;
  }

  private void endFile() throws IOException {
    handler.endFile();
    state = State.NODE_CLOSE;
  }

  private int takeString(byte[] buffer, int at, int end) throws IOException {
    if (pendingBytes == 0) {
      place = position;
    }
    if (pendingBytes == 0 && end - at >= HEADER_BYTES) {
      long size = (long) LONG.get(buffer, at);
      if (state == State.CONTENTS) {
        beginContents(size);
        return HEADER_BYTES;
      }
      int total = total(size);
      if (end - at >= total) {
        checkPadding(buffer, at + HEADER_BYTES + (int) size, total - HEADER_BYTES - (int) size);
        string(buffer, at + HEADER_BYTES, (int) size);
        return total;
      }
    }
    int wanted =
        pendingBytes < HEADER_BYTES ? HEADER_BYTES - pendingBytes : pendingTotal() - pendingBytes;
    int taken = Math.min(wanted, end - at);
    System.arraycopy(buffer, at, pending, pendingBytes, taken);
    pendingBytes += taken;
    if (pendingBytes == HEADER_BYTES && state == State.CONTENTS) {
      pendingBytes = 0;
      beginContents((long) LONG.get(pending, 0));
    } else if (pendingBytes >= HEADER_BYTES && pendingBytes == pendingTotal()) {
      int total = pendingBytes;
      int size = (int) (long) LONG.get(pending, 0);
      pendingBytes = 0;
      checkPadding(pending, HEADER_BYTES + size, total - HEADER_BYTES - size);
      string(pending, HEADER_BYTES, size);
    }
    return taken;
  }

  private int pendingTotal() {
    return total((long) LONG.get(pending, 0));
  }

  /** The length of a string with header and padding, after a check that it may be so long here. */
  private int total(long size) {
    int limit =
        switch (state) {
          case TARGET -> NarRules.TARGET_LIMIT_BYTES;
          case NAME -> NarRules.NAME_LIMIT_BYTES;
          default -> KEYWORD_LIMIT_BYTES;
        };
    if (size < 0 || size > limit) {
      throw problem(state.expected, "a string of " + Long.toUnsignedString(size) + " bytes");
    }
    return HEADER_BYTES + (((int) size + 7) & ~7);
  }

  private void beginContents(long size) throws IOException {
    if (size < 0) {
      throw problem("less than 2^63 bytes", Long.toUnsignedString(size));
    }
    handler.file(size, kind);
    contentsLeft = size;
    paddingLeft = (int) -size & 7;
    if (size == 0) {
      endFile();
    }
  }

  private void string(byte[] buffer, int at, int size) throws IOException {
    switch (state) {
      case MAGIC -> expect(MAGIC, State.NODE_OPEN, buffer, at, size);
      case NODE_OPEN -> expect(OPEN, State.TYPE_KEY, buffer, at, size);
      case TYPE_KEY -> expect(TYPE, State.TYPE, buffer, at, size);
      case TYPE -> type(buffer, at, size);
      case FILE_KEY -> {
        boolean isExecutable = is(EXECUTABLE, buffer, at, size);
        kind = isExecutable ? FileKind.EXECUTABLE : FileKind.PLAIN;
        if (isExecutable) {
          state = State.EXECUTABLE;
        } else {
          expect(CONTENTS, State.CONTENTS, buffer, at, size);
        }
      }
      case EXECUTABLE -> expect(new byte[0], State.CONTENTS_KEY, buffer, at, size);
      case CONTENTS_KEY -> expect(CONTENTS, State.CONTENTS, buffer, at, size);
      case TARGET_KEY -> expect(TARGET, State.TARGET, buffer, at, size);
      case TARGET -> {
        ByteString target = ByteString.of(buffer, at, size);
        check(NarRules.targetProblem(target), target);
        handler.symlink(target);
        state = State.NODE_CLOSE;
      }
      case NODE_CLOSE -> {
        expect(CLOSE, State.ENTRY_CLOSE, buffer, at, size);
        nodeEnded();
      }
      case ENTRY_OR_CLOSE -> entryOrClose(buffer, at, size);
      case ENTRY_OPEN -> expect(OPEN, State.NAME_KEY, buffer, at, size);
      case NAME_KEY -> expect(NAME, State.NAME, buffer, at, size);
      case NAME -> name(ByteString.of(buffer, at, size));
      case NODE_KEY -> expect(NODE, State.NODE_OPEN, buffer, at, size);
      case ENTRY_CLOSE -> expect(CLOSE, State.ENTRY_OR_CLOSE, buffer, at, size);
      case CONTENTS, COMPLETE -> throw new IllegalStateException("No string belongs to " + state);
    }
  }

  private void type(byte[] buffer, int at, int size) throws IOException {
    if (is(REGULAR, buffer, at, size)) {
      state = State.FILE_KEY;
    } else if (is(SYMLINK, buffer, at, size)) {
      state = State.TARGET_KEY;
    } else {
      expect(DIRECTORY, State.ENTRY_OR_CLOSE, buffer, at, size);
      lastNames.push(ByteString.empty());
      handler.directory();
    }
  }

  private void entryOrClose(byte[] buffer, int at, int size) throws IOException {
    if (is(CLOSE, buffer, at, size)) {
      lastNames.pop();
      handler.endDirectory();
      nodeEnded();
      return;
    }
    expect(ENTRY, State.ENTRY_OPEN, buffer, at, size);
    if (lastNames.size() > NarRules.DEPTH_LIMIT) {
      throw problem("at most " + NarRules.DEPTH_LIMIT + " directories in each other", "one more");
    }
  }

  private void name(ByteString name) throws IOException {
    check(NarRules.nameProblem(name), name);
    ByteString last = lastNames.pop();
    if (name.compareTo(last) <= 0) {
      throw problem("a name that comes after '" + last + "'", "'" + name + "'");
    }
    lastNames.push(name);
    handler.entry(name);
    state = State.NODE_KEY;
  }

  private void nodeEnded() {
    state = lastNames.isEmpty() ? State.COMPLETE : State.ENTRY_CLOSE;
  }

  private static boolean is(byte[] word, byte[] buffer, int at, int size) {
    return Arrays.equals(word, 0, word.length, buffer, at, at + size);
  }

  private void expect(byte[] word, State next, byte[] buffer, int at, int size) {
    if (!is(word, buffer, at, size)) {
      throw problem(
          state.expected, "'" + new String(buffer, at, size, StandardCharsets.UTF_8) + "'");
    }
    state = next;
  }

  private void check(String expected, ByteString found) {
    if (!expected.isEmpty()) {
      throw problem(expected, "'" + found + "'");
    }
  }

  private void checkPadding(byte[] buffer, int at, int size) {
    for (int i = at; i < at + size; i++) {
      if (buffer[i] != 0) {
        throw problem("padding of zeros", "the byte " + (buffer[i] & 0xff));
      }
    }
  }

  private FormatException problem(String expected, String found) {
    return new FormatException(source, "byte " + place, expected, found);
  }
}
