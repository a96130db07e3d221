package io.github.remotebuild.store;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.FileKind;
import io.github.remotebuild.nar.NarHandler;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes NARs that are single files, and hands on the contents of each. */
final class FileCollector implements NarReceiver, NarHandler {
  private final String sessionName;
  private final int limitBytes;
  private final BiConsumer<StorePath, ByteString> files;
  private @Nullable StorePath path;
  private byte[] contents = new byte[0];
  private int count;

  FileCollector(String sessionName, int limitBytes, BiConsumer<StorePath, ByteString> files) {
    this.sessionName = sessionName;
    this.limitBytes = limitBytes;
    this.files = files;
  }

  @Override
  public void begin(StorePath next) {
    path = next;
  }

  @Override
  public void file(long sizeBytes, FileKind kind) {
    if (sizeBytes > limitBytes) {
      throw problem(
          StoreProblem.TOO_LARGE,
          "it has " + sizeBytes + " bytes, and at most " + limitBytes + " are read");
    }
    contents = new byte[(int) sizeBytes];
    count = 0;
  }

  @Override
  public void contents(byte[] buffer, int offset, int length) {
    System.arraycopy(buffer, offset, contents, count, length);
    count += length;
  }

  @Override
  public void symlink(ByteString target) {
    throw problem(StoreProblem.PROTOCOL, "it is a symbolic link, not a file");
  }

  @Override
  public void directory() {
    throw problem(StoreProblem.PROTOCOL, "it is a directory, not a file");
  }

  private StoreException problem(StoreProblem problem, String reason) {
    return new StoreException(
        problem,
        sessionName,
        "Could not read " + path + " on " + sessionName + ": " + reason,
        List.of());
  }

  @Override
  public void chunk(byte[] buffer, int offset, int length) {}

  @Override
  public void lastChunk(byte[] buffer, int offset, int length) {
    if (path != null) {
      files.accept(path, ByteString.of(contents));
    }
  }
}
