package io.github.remotebuild.nar;

import io.github.remotebuild.model.ByteString;
import java.io.IOException;

/**
 * Hears what is in an archive, in the order it stands there.
 *
 * <p>A node is a file ({@link #file}, {@link #contents} any number of times, {@link #endFile}), a
 * {@link #symlink}, or a directory ({@link #directory}, then {@link #entry} and a node for each
 * entry, then {@link #endDirectory}). Every method does nothing unless it is overridden.
 *
 * @since 0.1
 */
public interface NarHandler {
  /**
   * A file begins.
   *
   * @param sizeBytes the length of its contents
   * @param kind whether it is executable
   */
  default void file(long sizeBytes, FileKind kind) throws IOException {}

  /** Some bytes of the file. The array belongs to the caller and is used again. */
  default void contents(byte[] buffer, int offset, int length) throws IOException {}

  /** The file is complete. */
  default void endFile() throws IOException {}

  /** A symbolic link to {@code target}, which is any text and means nothing here. */
  default void symlink(ByteString target) throws IOException {}

  /** A directory begins. */
  default void directory() throws IOException {}

  /** The next node is this entry of the directory. */
  default void entry(ByteString name) throws IOException {}

  /** The directory is complete. */
  default void endDirectory() throws IOException {}
}
