package io.github.remotebuild.nar;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builds a {@link NarTree} from events, within a bound on memory. */
final class NarTreeBuilder implements NarHandler {
  /** What a node costs besides its name and contents; less than its words take in the archive. */
  private static final int NODE_COST_BYTES = 64;

  private final String source;
  private final int limitBytes;
  private final Deque<SortedMap<ByteString, NarTree>> directories = new ArrayDeque<>();
  private final Deque<ByteString> names = new ArrayDeque<>();
  private long costBytes;
  private ByteArrayOutputStream contents = new ByteArrayOutputStream();
  private FileKind kind = FileKind.PLAIN;
  private @Nullable NarTree result;

  NarTreeBuilder(String source, int limitBytes) {
    this.source = source;
    this.limitBytes = limitBytes;
  }

  NarTree result() {
    if (result == null) {
      throw new IllegalStateException("The archive is not complete");
    }
    return result;
  }

  @Override
  public void file(long sizeBytes, FileKind fileKind) {
    charge(NODE_COST_BYTES + Math.min(sizeBytes, Integer.MAX_VALUE));
    contents = new ByteArrayOutputStream((int) Math.min(sizeBytes, limitBytes));
    kind = fileKind;
  }

  @Override
  public void contents(byte[] buffer, int offset, int length) {
    contents.write(buffer, offset, length);
  }

  @Override
  public void endFile() {
    node(new NarTree.File(ByteString.of(contents.toByteArray()), kind));
  }

  @Override
  public void symlink(ByteString target) {
    charge(NODE_COST_BYTES + target.sizeBytes());
    node(new NarTree.Symlink(target));
  }

  @Override
  public void directory() {
    charge(NODE_COST_BYTES);
    directories.push(new TreeMap<>());
  }

  @Override
  public void entry(ByteString name) {
    charge(name.sizeBytes());
    names.push(name);
  }

  @Override
  public void endDirectory() {
    node(new NarTree.Directory(directories.pop()));
  }

  private void node(NarTree node) {
    if (directories.isEmpty()) {
      result = node;
    } else {
      directories.element().put(names.pop(), node);
    }
  }

  private void charge(long bytes) {
    costBytes += bytes;
    if (costBytes > limitBytes) {
      throw new FormatException(source, "", "at most " + limitBytes + " bytes", "more");
    }
  }
}
