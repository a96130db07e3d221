package io.github.remotebuild.machines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Includes from the file system; a relative path is taken from the including file's directory. */
final class IncludedFiles implements IncludeReader {
  static Included readTop(Path file) throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    return new Included(absolute.toString(), text(absolute));
  }

  @Override
  public Optional<Included> open(String path, String includedFrom) throws IOException {
    try {
      return Optional.of(readTop(Path.of(includedFrom).resolveSibling(path)));
    } catch (NoSuchFileException missing) {
      return Optional.empty();
    } catch (InvalidPathException bad) {
      throw new IOException("not a path: " + bad.getMessage(), bad);
    }
  }

  /**
   * What is in the file, up to one byte more than the limit, so that the parser sees that it is too
   * long. Bytes that are not UTF-8 become U+FFFD, which no column accepts.
   */
  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MachinesFile.FILE_LIMIT_BYTES + 1), StandardCharsets.UTF_8);
    }
  }
}
