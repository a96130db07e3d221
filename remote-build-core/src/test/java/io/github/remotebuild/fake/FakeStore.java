package io.github.remotebuild.fake;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.FileKind;
import io.github.remotebuild.nar.NarHasher;
import io.github.remotebuild.nar.NarSummary;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.nar.NarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Store objects in memory. As strict as Nix: a path becomes valid only with everything that it
 * refers to, and with the hash and size that its info promises. Safe for use by several threads.
 */
public final class FakeStore {
  private record Entry(PathInfo info, byte[] nar, int additions) {}

  private final StoreDir storeDir;
  private final Map<StorePath, Entry> entries = new ConcurrentSkipListMap<>();

  public FakeStore(StoreDir storeDir) {
    this.storeDir = storeDir;
  }

  public StoreDir storeDir() {
    return storeDir;
  }

  public boolean isValid(StorePath path) {
    return entries.containsKey(path);
  }

  public Optional<PathInfo> info(StorePath path) {
    return Optional.ofNullable(entries.get(path)).map(Entry::info);
  }

  /** How often the path was added; 0 if it is not valid. */
  public int additions(StorePath path) {
    Entry entry = entries.get(path);
    return entry == null ? 0 : entry.additions;
  }

  public byte[] nar(StorePath path) {
    Entry entry = entries.get(path);
    if (entry == null) {
      throw new FakeRefusal("path '" + path + "' is not valid");
    }
    return entry.nar.clone();
  }

  /** Everything that is valid. */
  public SortedSet<StorePath> paths() {
    return new TreeSet<>(entries.keySet());
  }

  /**
   * Makes a path valid.
   *
   * @throws FakeRefusal if a reference is not valid, or hash or size are not as promised
   */
  public void add(PathInfo info, byte[] nar) {
    for (StorePath reference : info.otherReferences()) {
      if (!isValid(reference)) {
        throw new FakeRefusal(
            "cannot register path '"
                + info.path()
                + "': it refers to '"
                + reference
                + "', which is not valid");
      }
    }
    NarSummary found = summary(nar);
    if (!found.hash().equals(info.narHash()) || found.sizeBytes() != info.narSizeBytes()) {
      throw new FakeRefusal("hash mismatch importing path '" + info.path() + "'");
    }
    entries.merge(
        info.path(),
        new Entry(info, nar.clone(), 1),
        (old, added) -> new Entry(old.info, old.nar, old.additions + 1));
  }

  /** Adds an object whose NAR is made of the tree. */
  public void add(StorePath path, NarTree tree, Collection<StorePath> references) {
    byte[] nar = nar(tree);
    NarSummary summary = summary(nar);
    add(PathInfo.of(path, summary.hash(), summary.sizeBytes(), references), nar);
  }

  /** Adds a file that is addressed by its text. */
  public StorePath addText(String name, String text, StorePath... references) {
    ByteString content = ByteString.of(text);
    StorePath path = storeDir.textPath(name, java.util.List.of(references), content.toByteArray());
    add(path, new NarTree.File(content, FileKind.PLAIN), java.util.List.of(references));
    return path;
  }

  /** Adds a derivation, whose inputs must be there. */
  public StorePath add(Derivation derivation) {
    SortedSet<StorePath> references = new TreeSet<>(derivation.inputSources());
    references.addAll(derivation.inputDerivations().keySet());
    add(derivation.path(), new NarTree.File(derivation.text(), FileKind.PLAIN), references);
    return derivation.path();
  }

  /** Takes a path away, as a garbage collection does, whatever refers to it. */
  public void remove(StorePath path) {
    entries.remove(path);
  }

  /** Replaces the bytes of a path, as a bad disk does. */
  public void damage(StorePath path) {
    entries.computeIfPresent(
        path,
        (p, entry) -> {
          byte[] nar = entry.nar.clone();
          // The last byte of a file's contents lies before its padding and the closing word.
          nar[nar.length - 24] ^= 1;
          return new Entry(entry.info, nar, entry.additions);
        });
  }

  /** The paths and everything that they refer to. */
  public SortedSet<StorePath> closure(Collection<StorePath> paths) {
    SortedSet<StorePath> closure = new TreeSet<>();
    Deque<StorePath> open = new ArrayDeque<>(paths);
    while (!open.isEmpty()) {
      StorePath path = open.remove();
      if (closure.add(path)) {
        Entry entry = entries.get(path);
        if (entry == null) {
          throw new FakeRefusal("path '" + path + "' is not valid");
        }
        open.addAll(entry.info.references());
      }
    }
    return closure;
  }

  static byte[] nar(NarTree tree) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      tree.writeTo(new NarWriter(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static NarSummary summary(byte[] nar) {
    NarHasher hasher = new NarHasher();
    hasher.update(nar, 0, nar.length);
    return hasher.finish();
  }
}
