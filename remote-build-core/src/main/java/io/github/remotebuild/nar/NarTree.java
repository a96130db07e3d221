package io.github.remotebuild.nar;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What an archive holds, in memory: for small things and for tests. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface NarTree {
  /**
   * A file.
   *
   * @param contents its bytes
   * @param kind whether it is executable
   */
  record File(ByteString contents, FileKind kind) implements NarTree {
    /** Refuses null. */
    public File {
      requireNonNull(contents, "contents");
      requireNonNull(kind, "kind");
    }

    @Override
    public void writeTo(NarHandler handler) throws IOException {
      handler.file(contents.sizeBytes(), kind);
      if (!contents.isEmpty()) {
        handler.contents(contents.toByteArray(), 0, contents.sizeBytes());
      }
      handler.endFile();
    }

    @Override
    public <R> R match(
        Function<File, R> file, Function<Symlink, R> symlink, Function<Directory, R> directory) {
      return file.apply(this);
    }
  }

  /**
   * A symbolic link.
   *
   * @param target where it points; 1 to 4095 bytes without NUL
   */
  record Symlink(ByteString target) implements NarTree {
    /** Checks the target. */
    public Symlink {
      refuse(NarRules.targetProblem(target), target);
    }

    @Override
    public void writeTo(NarHandler handler) throws IOException {
      handler.symlink(target);
    }

    @Override
    public <R> R match(
        Function<File, R> file, Function<Symlink, R> symlink, Function<Directory, R> directory) {
      return symlink.apply(this);
    }
  }

  /**
   * A directory.
   *
   * @param entries what is in it, by name
   */
  record Directory(SortedMap<ByteString, NarTree> entries) implements NarTree {
    /** Copies the map and checks the names. */
    public Directory {
      entries = Collections.unmodifiableSortedMap(new TreeMap<ByteString, NarTree>(entries));
      entries.keySet().forEach(name -> refuse(NarRules.nameProblem(name), name));
    }

    @Override
    public void writeTo(NarHandler handler) throws IOException {
      handler.directory();
      for (Map.Entry<ByteString, NarTree> entry : entries.entrySet()) {
        handler.entry(entry.getKey());
        entry.getValue().writeTo(handler);
      }
      handler.endDirectory();
    }

    @Override
    public <R> R match(
        Function<File, R> file, Function<Symlink, R> symlink, Function<Directory, R> directory) {
      return directory.apply(this);
    }
  }

  /** A file that is not executable, with these bytes of UTF-8. */
  static NarTree file(String contents) {
    return new File(ByteString.of(contents), FileKind.PLAIN);
  }

  /** An executable file with these bytes of UTF-8. */
  static NarTree executable(String contents) {
    return new File(ByteString.of(contents), FileKind.EXECUTABLE);
  }

  /** A symbolic link. */
  static NarTree symlink(String target) {
    return new Symlink(ByteString.of(target));
  }

  /** A directory with these entries. */
  static NarTree directory(Map<String, NarTree> entries) {
    SortedMap<ByteString, NarTree> sorted = new TreeMap<>();
    entries.forEach((name, node) -> sorted.put(ByteString.of(name), node));
    return new Directory(sorted);
  }

  /**
   * Reads one archive into memory.
   *
   * @param source what messages call the archive
   * @param in where it stands; not one byte after it is taken
   * @param limitBytes the most bytes that the archive may have
   * @throws FormatException if it is no archive, or a longer one
   * @throws IOException if the stream throws it, or ends before the archive does
   */
  static NarTree read(String source, InputStream in, int limitBytes) throws IOException {
    NarTreeBuilder builder = new NarTreeBuilder(source, limitBytes);
    NarStream.read(source, in, builder);
    return builder.result();
  }

  /**
   * Reads an archive that is all there.
   *
   * @param source what messages call the archive
   * @param archive its bytes
   * @throws FormatException if they are no archive, or not only one
   */
  static NarTree parse(String source, ByteString archive) {
    try {
      ByteArrayInputStream in = new ByteArrayInputStream(archive.toByteArray());
      NarTree tree = read(source, in, archive.sizeBytes());
      if (in.available() > 0) {
        throw new FormatException(
            source,
            "byte " + (archive.sizeBytes() - in.available()),
            "the end",
            in.available() + " bytes more");
      }
      return tree;
    } catch (IOException e) {
      throw new FormatException(
          source, "byte " + archive.sizeBytes(), "more of the archive", "the end");
    }
  }

  /** Reports what is in this node to the handler, a {@link NarWriter} for example. */
  void writeTo(NarHandler handler) throws IOException;

  /** Applies the function for this case. */
  <R> R match(
      Function<File, R> file, Function<Symlink, R> symlink, Function<Directory, R> directory);

  /** The archive of this node. */
  default ByteString toNar() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writeTo(new NarWriter(out));
    } catch (IOException e) {
      throw new UncheckedIOException("Memory does not fail", e);
    }
    return ByteString.of(out.toByteArray());
  }

  private static void refuse(String expected, ByteString found) {
    if (!expected.isEmpty()) {
      throw new IllegalArgumentException("'" + found + "' is not " + expected);
    }
  }
}
