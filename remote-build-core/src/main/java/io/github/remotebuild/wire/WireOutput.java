package io.github.remotebuild.wire;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Writes Nix's integers, strings and lists to a peer, through a buffer of 64 KiB.
 *
 * <p>For the encoding see {@link WireInput}. Nothing is sent before {@link #flush} or before the
 * buffer is full. For one thread at a time.
 *
 * @since 0.1
 */
public final class WireOutput {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BUFFER_BYTES = 64 * 1024;

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int end;

  /** Makes a writer on {@code out}. */
  public WireOutput(OutputStream out) {
    this.out = requireNonNull(out, "out");
  }

  /** Writes an integer. */
  public void writeLong(long value) throws IOException {
    if (buffer.length - end < Long.BYTES) {
      drain();
    }
    LONG.set(buffer, end, value);
    end += Long.BYTES;
  }

  /** Writes a truth value as 0 or 1. */
  public void writeBool(boolean value) throws IOException {
    writeLong(value ? 1 : 0);
  }

  /** Writes bytes as a string, with length and padding. */
  public void writeBytes(byte[] bytes) throws IOException {
    writeLong(bytes.length);
    writeRaw(bytes, 0, bytes.length);
    writeRaw(new byte[8], 0, -bytes.length & 7);
  }

  /** Writes bytes as a string. */
  public void writeBytes(ByteString bytes) throws IOException {
    writeBytes(bytes.toByteArray());
  }

  /** Writes a string in UTF-8. */
  public void writeText(String text) throws IOException {
    writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a count and the paths. */
  public void writeStorePaths(Collection<StorePath> paths) throws IOException {
    writeLong(paths.size());
    for (StorePath path : paths) {
      writeText(path.toString());
    }
  }

  /** Writes bytes as they are, such as those of an archive. */
  public void writeRaw(byte[] bytes, int offset, int length) throws IOException {
    if (length > buffer.length - end) {
      drain();
      if (length >= buffer.length) {
        out.write(bytes, offset, length);
        return;
      }
    }
    System.arraycopy(bytes, offset, buffer, end, length);
    end += length;
  }

  /** Sends everything written so far. */
  public void flush() throws IOException {
    if (end > 0) {
      drain();
      out.flush();
    }
  }

  private void drain() throws IOException {
    int size = end;
    end = 0;
    out.write(buffer, 0, size);
  }
}
