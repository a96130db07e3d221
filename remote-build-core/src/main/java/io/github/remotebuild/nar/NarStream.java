package io.github.remotebuild.nar;

import io.github.remotebuild.model.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Reads archives from streams on which something may follow.
 *
 * <p>Exactly the bytes of one archive are taken, never one more. Since an archive does not say how
 * long it is, its strings are read in small pieces, so the stream should be buffered; contents are
 * read in large ones.
 *
 * @since 0.1
 */
public final class NarStream {
  private static final int BUFFER_BYTES = 64 * 1024;

  private NarStream() {}

  /**
   * Reads one archive and reports what is in it.
   *
   * @param source what messages call the archive
   * @param in where it stands
   * @param handler hears of it
   * @return its hash and length
   * @throws FormatException if it is no archive
   * @throws EOFException if the stream ends before the archive does
   * @throws IOException if the stream or the handler throws it
   */
  public static NarSummary read(String source, InputStream in, NarHandler handler)
      throws IOException {
    return pass(source, in, OutputStream.nullOutputStream(), handler);
  }

  /**
   * Passes one archive on as it is, after checking each piece.
   *
   * @param source what messages call the archive
   * @param in where it stands
   * @param out where it goes; not flushed
   * @return its hash and length
   * @throws FormatException if it is no archive; some of it may have been passed on
   * @throws EOFException if the stream ends before the archive does
   * @throws IOException if a stream throws it
   */
  public static NarSummary copy(String source, InputStream in, OutputStream out)
      throws IOException {
    return pass(source, in, out, new NarHandler() {});
  }

  private static NarSummary pass(
      String source, InputStream in, OutputStream out, NarHandler handler) throws IOException {
    NarParser parser = new NarParser(source, handler);
    NarHasher hasher = new NarHasher();
    byte[] buffer = new byte[BUFFER_BYTES];
    while (!parser.isComplete()) {
      int wanted = (int) Math.min(parser.neededBytes(), buffer.length);
      int got = in.read(buffer, 0, wanted);
      if (got < 0) {
        parser.end();
      }
      parser.feed(buffer, 0, got);
      hasher.update(buffer, 0, got);
      out.write(buffer, 0, got);
    }
    return hasher.finish();
  }
}
