package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.nar.FileKind;
import io.github.remotebuild.nar.NarHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Makes the files that an archive tells of, each of them new. */
final class NarUnpacker implements NarHandler, AutoCloseable {
  private Path place;
  private @Nullable OutputStream out;
  private FileKind kind = FileKind.PLAIN;

  /** Unpacks to {@code root}, where nothing may be yet. */
  NarUnpacker(Path root) {
    place = root;
  }

  @Override
  public void file(long sizeBytes, FileKind fileKind) throws IOException {
    kind = fileKind;
    out = Files.newOutputStream(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public void contents(byte[] buffer, int offset, int length) throws IOException {
    OutputStream open = out;
    if (open == null) {
      throw new IllegalStateException("there is no file to write to");
    }
    open.write(buffer, offset, length);
  }

  @Override
  public void endFile() throws IOException {
    close();
    if (kind == FileKind.EXECUTABLE) {
      StoreFiles.makeExecutable(place);
    }
    endNode();
  }

  @Override
  public void symlink(ByteString target) throws IOException {
    Files.createSymbolicLink(place, exactly(target));
    endNode();
  }

  /**
   * The text as a path. Java writes paths in their shortest form and in the encoding of the locale;
   * what it would change on the way is refused.
   */
  private static Path exactly(ByteString text) {
    try {
      Path path = Path.of(text.utf8());
      if (path.toString().equals(text.utf8()) && ByteString.of(text.utf8()).equals(text)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw unwritable(text, e.getReason());
    }
    throw unwritable(text, "Java would change it");
  }

  private static EmbeddedStoreException unwritable(ByteString text, String reason) {
    return new EmbeddedStoreException(
        "an embedded store cannot hold the name '"
            + text
            + "' ("
            + reason
            + "; names beyond ASCII need a UTF-8 locale, such as LC_ALL=C.UTF-8)");
  }

  @Override
  public void directory() throws IOException {
    Files.createDirectory(place);
  }

  @Override
  public void entry(ByteString name) {
    place = place.resolve(exactly(name));
  }

  @Override
  public void endDirectory() {
    endNode();
  }

  /** Goes up to the directory that the node is an entry of; above the root nothing follows. */
  private void endNode() {
    Path parent = place.getParent();
    if (parent != null) {
      place = parent;
    }
  }

  @Override
  public void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
