package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.nar.FileKind;
import io.github.remotebuild.nar.NarHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a store does with files: reads them as archives, makes them uniform, deletes them. */
final class StoreFiles {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** The time of every file in a store; {@code posix-fs-canonicalise.cc}. */
  private static final FileTime STORE_TIME = FileTime.fromMillis(1000);

  private static final Set<PosixFilePermission> PLAIN =
      PosixFilePermissions.fromString("r--r--r--");
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("r-xr-xr-x");
  private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwx------");

  private StoreFiles() {}

  /** Tells the handler what is at {@code path}, as an archive would. */
  static void read(Path path, NarHandler handler) throws IOException {
    BasicFileAttributes attributes = attributes(path);
    if (attributes.isSymbolicLink()) {
      handler.symlink(ByteString.of(Files.readSymbolicLink(path).toString()));
    } else if (attributes.isDirectory()) {
      handler.directory();
      for (Map.Entry<ByteString, Path> entry : entries(path).entrySet()) {
        handler.entry(entry.getKey());
        read(entry.getValue(), handler);
      }
      handler.endDirectory();
    } else if (attributes.isRegularFile()) {
      readFile(path, attributes.size(), handler);
    } else {
      throw new FileSystemException(path.toString(), null, "has an unsupported type");
    }
  }

  private static void readFile(Path path, long sizeBytes, NarHandler handler) throws IOException {
    handler.file(sizeBytes, isExecutable(path) ? FileKind.EXECUTABLE : FileKind.PLAIN);
    byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, sizeBytes))];
    long left = sizeBytes;
    try (InputStream in = Files.newInputStream(path)) {
      while (left > 0) {
        int got = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (got < 0) {
          throw new FileSystemException(path.toString(), null, "became shorter while it was read");
        }
        handler.contents(buffer, 0, got);
        left -= got;
      }
    }
    handler.endFile();
  }

  static boolean isExecutable(Path path) throws IOException {
    PosixFileAttributeView posix = posix(path);
    return posix == null
        ? Files.isExecutable(path)
        : posix.readAttributes().permissions().contains(PosixFilePermission.OWNER_EXECUTE);
  }

  static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Takes away what an archive does not record: modes but for "executable", and times. */
  static void canonicalise(Path path) throws IOException {
    BasicFileAttributes attributes = attributes(path);
    if (attributes.isSymbolicLink()) {
      return;
    }
    if (attributes.isDirectory()) {
      permit(path, OPEN);
      for (Path entry : entries(path).values()) {
        canonicalise(entry);
      }
      permit(path, EXECUTABLE);
    } else if (attributes.isRegularFile()) {
      permit(path, isExecutable(path) ? EXECUTABLE : PLAIN);
    } else {
      throw new FileSystemException(path.toString(), null, "has an unsupported type");
    }
    Files.setLastModifiedTime(path, STORE_TIME);
  }

  static void makeExecutable(Path file) throws IOException {
    permit(file, EXECUTABLE);
  }

  /**
   * Changes one bit of a file, the first one with something in it if there are several.
   *
   * @return whether there was such a file
   */
  static boolean damage(Path path) throws IOException {
    BasicFileAttributes attributes = attributes(path);
    if (attributes.isDirectory()) {
      for (Path entry : entries(path).values()) {
        if (damage(entry)) {
          return true;
        }
      }
    }
    if (!attributes.isRegularFile() || attributes.size() == 0) {
      return false;
    }
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 1;
    permit(path, OPEN);
    Files.write(path, bytes);
    return true;
  }

  /** Deletes what is there, if anything is. */
  static void delete(Path path) throws IOException {
    if (!exists(path)) {
      return;
    }
    if (attributes(path).isDirectory()) {
      permit(path, OPEN);
      for (Path entry : entries(path).values()) {
        delete(entry);
      }
    }
    Files.deleteIfExists(path);
  }

  private static Map<ByteString, Path> entries(Path directory) throws IOException {
    Map<ByteString, Path> sorted = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        sorted.put(ByteString.of(entry.getFileName().toString()), entry);
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return sorted;
  }

  private static void permit(Path path, Set<PosixFilePermission> permissions) throws IOException {
    PosixFileAttributeView posix = posix(path);
    if (posix != null) {
      posix.setPermissions(permissions);
    }
  }

  private static PosixFileAttributeView posix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class);
  }
}
