package io.github.remotebuild.wire;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarParser;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads Nix's integers, strings, lists and archives from a peer.
 *
 * <pre>
 * integer = 8 bytes, unsigned, little-endian
 * string  = length as integer, the bytes, zero bytes up to the next multiple of 8
 * list    = count as integer, the elements
 * </pre>
 *
 * <p>Every method is told what it reads, for the message, and how much may be there at most. What
 * the peer sent wrong is a {@link FormatException} with the place in the stream; the stream's end
 * is an {@link EOFException}. Reads go through a buffer of 64 KiB. For one thread at a time.
 * Source: {@code src/libutil/serialise.cc}, Nix 2.8 to 2.34.
 *
 * @since 0.1
 */
public final class WireInput {
  /** What to do before waiting for the peer, such as sending it what it is waiting for. */
  @FunctionalInterface
  public interface BeforeWaiting {
    /** Does it. */
    void run() throws IOException;
  }

  /** Takes the bytes of an archive that is read. */
  public interface ArchiveSink {
    /** Some bytes, the last ones not among them. */
    void chunk(byte[] buffer, int offset, int length) throws IOException;

    /** The bytes that complete the archive; at least one. */
    void lastChunk(byte[] buffer, int offset, int length) throws IOException;
  }

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final String source;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int end;
  private long bytesBefore;
  private BeforeWaiting beforeWaiting = () -> {};

  /**
   * Makes a reader.
   *
   * @param in the stream; read ahead of what is asked for
   * @param source what messages call it, such as {@code the answer of builder-1}
   */
  public WireInput(InputStream in, String source) {
    this.in = requireNonNull(in, "in");
    this.source = requireNonNull(source, "source");
  }

  /** Sets what to do each time before the stream is read. */
  public void beforeWaiting(BeforeWaiting action) {
    beforeWaiting = requireNonNull(action, "action");
  }

  /** How many bytes have been read from the beginning. */
  public long offset() {
    return bytesBefore + position;
  }

  /** How many bytes can be read without waiting, as far as the stream knows. */
  public int available() throws IOException {
    return end - position + in.available();
  }

  /**
   * Reads one byte.
   *
   * @return it, or -1 at the end of the stream
   */
  public int readByte() throws IOException {
    return position < end || fill() ? buffer[position++] & 0xff : -1;
  }

  /**
   * Reads an integer below 2^63.
   *
   * @param what what it is, for messages
   */
  public long readLong(String what) throws IOException {
    if (end - position < Long.BYTES) {
      gather(Long.BYTES, what);
    }
    long value = (long) LONG.get(buffer, position);
    if (value < 0) {
      throw problem(what, "an integer below 2^63", Long.toUnsignedString(value));
    }
    position += Long.BYTES;
    return value;
  }

  /**
   * Reads an integer that must not be above a limit, such as a count or a length.
   *
   * @param what what it is, for messages
   * @param limit the highest value accepted
   */
  public int readInt(String what, int limit) throws IOException {
    long value = readLong(what);
    if (value > limit) {
      position -= Long.BYTES;
      throw problem(what, "at most " + limit, Long.toString(value));
    }
    return (int) value;
  }

  /** Reads a truth value: any integer but 0 is true. */
  public boolean readBool(String what) throws IOException {
    if (end - position < Long.BYTES) {
      gather(Long.BYTES, what);
    }
    long value = (long) LONG.get(buffer, position);
    position += Long.BYTES;
    return value != 0;
  }

  /**
   * Reads a string as bytes.
   *
   * @param what what it is, for messages
   * @param limitBytes the most bytes it may have
   */
  public byte[] readBytes(String what, int limitBytes) throws IOException {
    int size = readInt("the length of " + what, limitBytes);
    byte[] bytes = new byte[size];
    int done = 0;
    while (done < size) {
      if (position == end && !fill()) {
        throw ended(what);
      }
      int piece = Math.min(size - done, end - position);
      System.arraycopy(buffer, position, bytes, done, piece);
      position += piece;
      done += piece;
    }
    for (int i = size; (i & 7) != 0; i++) {
      int padding = readByte();
      if (padding < 0) {
        throw ended(what);
      }
      if (padding != 0) {
        throw problem(what, "padding of zeros", "the byte " + padding);
      }
    }
    return bytes;
  }

  /**
   * Reads a string as UTF-8; what is not UTF-8 becomes U+FFFD.
   *
   * @param what what it is, for messages
   * @param limitBytes the most bytes it may have
   */
  public String readText(String what, int limitBytes) throws IOException {
    return new String(readBytes(what, limitBytes), StandardCharsets.UTF_8);
  }

  /**
   * Reads a store path.
   *
   * @param what what it is, for messages
   * @param storeDir the store directory it must lie in
   * @param limits the bound on its length
   */
  public StorePath readStorePath(String what, StoreDir storeDir, WireLimits limits)
      throws IOException {
    long at = offset();
    return parsePath(what, at, readText(what, limits.stringBytes()), storeDir);
  }

  StorePath parsePath(String what, long at, String text, StoreDir storeDir) {
    try {
      return storeDir.parse(text);
    } catch (FormatException e) {
      throw new FormatException(
          source, "byte " + at + " (" + what + ")", e.expected(), "'" + text + "'");
    }
  }

  /**
   * Reads a list or set of store paths; order and repetitions are lost.
   *
   * @param what what one of them is, for messages
   * @param storeDir the store directory they must lie in
   * @param limitCount the most there may be
   * @param limits the bound on the length of each
   */
  public SortedSet<StorePath> readStorePaths(
      String what, StoreDir storeDir, int limitCount, WireLimits limits) throws IOException {
    int count = readInt("the count of " + what, limitCount);
    SortedSet<StorePath> paths = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      paths.add(readStorePath(what, storeDir, limits));
    }
    return paths;
  }

  /**
   * Reads one archive, without a copy between buffer and sink.
   *
   * @param parser finds its end and checks it; fresh
   * @param sink gets the bytes
   */
  public void readArchive(NarParser parser, ArchiveSink sink) throws IOException {
    while (!parser.isComplete()) {
      if (position == end && !fill()) {
        parser.end();
      }
      int begin = position;
      int taken = parser.feed(buffer, begin, end - begin);
      position += taken;
      if (parser.isComplete()) {
        sink.lastChunk(buffer, begin, taken);
      } else {
        sink.chunk(buffer, begin, taken);
      }
    }
  }

  /** An error at the present place of the stream. */
  FormatException problem(String what, String expected, String found) {
    return new FormatException(source, "byte " + offset() + " (" + what + ")", expected, found);
  }

  private EOFException ended(String what) {
    return new EOFException(
        "Could not read " + source + ": it ends at byte " + (bytesBefore + end) + ", in " + what);
  }

  private void gather(int wanted, String what) throws IOException {
    while (end - position < wanted) {
      if (position > 0) {
        System.arraycopy(buffer, position, buffer, 0, end - position);
        bytesBefore += position;
        end -= position;
        position = 0;
      }
      if (!readMore()) {
        throw ended(what);
      }
    }
  }

  private boolean fill() throws IOException {
    bytesBefore += end;
    position = 0;
    end = 0;
    return readMore();
  }

  private boolean readMore() throws IOException {
    beforeWaiting.run();
    int got = in.read(buffer, end, buffer.length - end);
    if (got > 0) {
      end += got;
    }
    return got > 0;
  }
}
