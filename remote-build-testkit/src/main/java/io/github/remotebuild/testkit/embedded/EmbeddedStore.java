package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivationHashes;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarStream;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.nar.NarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store in a directory of its own, without Nix and without root.
 *
 * <p>It has a logical store directory, which stands in every path, and a real one, where the files
 * are. The default logical one, {@link #DEFAULT_STORE_DIR}, is the same on every computer, so the
 * paths of a test are the same everywhere; and on Linux a builder that is started with its
 * machine's real directory as descriptor 9 finds the logical paths to be true. What is valid, and
 * what is known of it, is kept in memory and grows with what is added. Nothing is collected as
 * garbage unless it is asked for.
 *
 * <p>Safe for use by several threads. What it refuses it refuses with {@link
 * EmbeddedStoreException}; trouble with the disk is {@link IOException}, or {@link
 * UncheckedIOException} where tests would not want to declare it.
 *
 * @since 0.1
 */
public final class EmbeddedStore implements AutoCloseable {
  /** {@code /proc/self/fd/9}: what descriptor 9 of the process that looks is open on. */
  public static final StoreDir DEFAULT_STORE_DIR = StoreDir.of("/proc/self/fd/9");

  private final StoreDir storeDir;
  private final Path directory;
  private final ValidPaths valid = new ValidPaths();
  private final PathLocks locks = new PathLocks();
  private final Set<SessionRoots> sessions = ConcurrentHashMap.newKeySet();
  private final Set<StorePath> roots = ConcurrentHashMap.newKeySet();
  private final AtomicLong temporaries = new AtomicLong();
  private final DerivationHashes hashes = DerivationHashes.over(this::readDerivation);

  private EmbeddedStore(StoreDir storeDir, Path directory) {
    this.storeDir = storeDir;
    this.directory = directory;
  }

  /**
   * Makes an empty store in {@code directory}, which must not exist and is deleted with the store.
   *
   * @param storeDir the logical store directory; not {@code /nix/store}, whose paths mean something
   * @throws UncheckedIOException if the directory cannot be made
   */
  public static EmbeddedStore create(Path directory, StoreDir storeDir) {
    if (storeDir.equals(StoreDir.NIX)) {
      throw new IllegalArgumentException(
          "An embedded store does not call itself " + StoreDir.NIX + ", where real objects are");
    }
    try {
      Files.createDirectories(requireNonNull(directory.toAbsolutePath().getParent()));
      return new EmbeddedStore(storeDir, Files.createDirectory(directory).toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a store in " + directory, e);
    }
  }

  /** Whether this JVM, in its locale, can write file names beyond ASCII. */
  public static boolean takesAnyName() {
    try {
      return Path.of("\u00e4").toString().equals("\u00e4");
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The logical store directory. */
  public StoreDir storeDir() {
    return storeDir;
  }

  /** Where the files are. */
  public Path directory() {
    return directory;
  }

  /** Where the files of {@code path} are, or would be. */
  public Path realPath(StorePath path) {
    if (!path.storeDir().equals(storeDir)) {
      throw new EmbeddedStoreException("path '" + path + "' is not in the store");
    }
    return directory.resolve(path.baseName());
  }

  /** Whether the path is valid. */
  public boolean isValid(StorePath path) {
    return valid.info(path).isPresent();
  }

  /** What is known of the path, if it is valid. */
  public Optional<PathInfo> info(StorePath path) {
    return valid.info(path);
  }

  /** Everything that is valid, sorted. */
  public SortedSet<StorePath> validPaths() {
    return valid.paths();
  }

  /**
   * The paths and everything they refer to.
   *
   * @throws EmbeddedStoreException if one is not valid
   */
  public SortedSet<StorePath> closure(Collection<StorePath> paths) {
    return valid.closure(paths);
  }

  /**
   * Writes the NAR of a path.
   *
   * @throws EmbeddedStoreException if the path is not valid
   */
  public void dump(StorePath path, OutputStream out) throws IOException {
    requireValid(path);
    StoreFiles.read(realPath(path), new NarWriter(out));
  }

  /**
   * Reads what is at a path into memory.
   *
   * @throws EmbeddedStoreException if the path is not valid
   */
  public NarTree tree(StorePath path) {
    java.io.ByteArrayOutputStream nar = new java.io.ByteArrayOutputStream();
    try {
      dump(path, nar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return NarTree.parse(path.toString(), ByteString.of(nar.toByteArray()));
  }

  /**
   * The text of a path that is a file.
   *
   * @throws EmbeddedStoreException if the path is not valid, or is not a file
   */
  public String text(StorePath path) {
    requireValid(path);
    try {
      return Files.readString(realPath(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + path + " as a text", e);
    }
  }

  /**
   * Adds a path. Everything it refers to must be valid. If it is valid already, the NAR is only
   * read.
   *
   * @param info what it is; hash and size are checked
   * @param nar its NAR; not one byte after it is taken
   * @throws EmbeddedStoreException if the NAR is not what {@code info} says, or a reference is not
   *     valid
   * @throws InterruptedException if the calling thread is interrupted while somebody else writes
   *     the same path
   */
  public void add(PathInfo info, InputStream nar) throws IOException, InterruptedException {
    try (IncomingNar incoming = receive(info.path().toString())) {
      NarStream.copy(
          "the NAR of " + info.path(),
          nar,
          new OutputStream() {
            @Override
            public void write(int value) throws IOException {
              write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
              incoming.parser().feed(buffer, offset, length);
              if (incoming.parser().isComplete()) {
                incoming.lastChunk(buffer, offset, length);
              } else {
                incoming.chunk(buffer, offset, length);
              }
            }
          });
      incoming.register(info);
    }
  }

  /** Begins to take in a NAR of a path that may not be known yet. */
  IncomingNar receive(String what) {
    return new IncomingNar(this, temporary(), "the NAR of " + what);
  }

  /** A name in the store that nobody else uses and that is no store path. */
  Path temporary() {
    return directory.resolve(".tmp-" + temporaries.incrementAndGet());
  }

  /** Makes what is at {@code place} the files of a new valid path. */
  void moveIn(Path place, PathInfo info) throws IOException, InterruptedException {
    try (PathLocks.Held held = locks.take(List.of(info.path()))) {
      if (isValid(info.path())) {
        return;
      }
      valid.requireAll(info.otherReferences());
      Path target = realPath(info.path());
      StoreFiles.delete(target);
      Files.move(place, target);
      StoreFiles.canonicalise(target);
      valid.register(List.of(info));
    }
  }

  /** Waits until nobody else writes any of the paths, and keeps others from it. */
  PathLocks.Held lock(Collection<StorePath> paths) throws InterruptedException {
    return locks.take(paths);
  }

  /** Makes paths valid whose files are in place, all of them or none. */
  void register(Collection<PathInfo> infos) {
    valid.register(infos);
  }

  /** Adds a text, as {@code builtins.toFile} does, and returns its path. */
  public StorePath addText(String name, String text, StorePath... references) {
    return addText(name, ByteString.of(text), Arrays.asList(references));
  }

  private StorePath addText(String name, ByteString text, Collection<StorePath> references) {
    byte[] bytes = text.toByteArray();
    ContentAddress address =
        new ContentAddress(ContentAddressMethod.TEXT, Hash.compute(HashAlgorithm.SHA256, bytes));
    StorePath path = storeDir.textPath(name, references, bytes);
    NarTree tree = new NarTree.File(text, io.github.remotebuild.nar.FileKind.PLAIN);
    add(path, tree, references, Optional.of(address));
    return path;
  }

  /** Adds a file or directory as a source, and returns its path. */
  public StorePath addSource(String name, NarTree tree, StorePath... references) {
    List<StorePath> all = Arrays.asList(references);
    Hash hash = Hash.compute(HashAlgorithm.SHA256, tree.toNar().toByteArray());
    StorePath path = storeDir.sourcePath(name, hash, all);
    add(path, tree, all, Optional.of(new ContentAddress(ContentAddressMethod.NAR, hash)));
    return path;
  }

  private void add(
      StorePath path,
      NarTree tree,
      Collection<StorePath> references,
      Optional<ContentAddress> address) {
    byte[] nar = tree.toNar().toByteArray();
    PathInfo info =
        new PathInfo(
            path,
            Hash.compute(HashAlgorithm.SHA256, nar),
            nar.length,
            new TreeSet<>(references),
            Optional.empty(),
            Collections.emptySortedSet(),
            address);
    try {
      add(info, new ByteArrayInputStream(nar));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not add " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedStoreException("interrupted while adding path '" + path + "'");
    }
  }

  /**
   * Adds the file of a derivation, and returns its path.
   *
   * @throws EmbeddedStoreException if one of its inputs is not valid
   */
  public StorePath addDerivation(Derivation derivation) {
    SortedSet<StorePath> references = new TreeSet<>(derivation.inputSources());
    references.addAll(derivation.inputDerivations().keySet());
    return addText(derivation.name() + ".drv", derivation.text(), references);
  }

  /**
   * Finishes a derivation, whose inputs must be here, adds its file, and returns its path.
   *
   * @throws EmbeddedStoreException if one of its inputs is not valid
   */
  public StorePath addDerivation(DerivationBuilder derivation) {
    return addDerivation(derivation.build(hashes));
  }

  /**
   * The derivation whose file is at a path.
   *
   * @throws EmbeddedStoreException if the path is not valid
   */
  public Derivation derivation(StorePath path) {
    requireValid(path);
    return readDerivation(path);
  }

  private Derivation readDerivation(StorePath path) {
    requireValid(path);
    try {
      return Derivation.parse(path, Files.readAllBytes(realPath(path)));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + path, e);
    }
  }

  /** Makes room for the temporary roots of one session. */
  public SessionRoots openRoots() {
    return new SessionRoots(sessions);
  }

  /** Keeps a path, and what it refers to, from the garbage collector. */
  public void addRoot(StorePath path) {
    roots.add(path);
  }

  /** Undoes {@link #addRoot}. */
  public void removeRoot(StorePath path) {
    roots.remove(path);
  }

  /**
   * Deletes everything that neither a root nor a session keeps.
   *
   * @return what is gone
   */
  public SortedSet<StorePath> collectGarbage() {
    Set<StorePath> kept = new TreeSet<>(roots);
    sessions.forEach(session -> kept.addAll(session.paths()));
    SortedSet<StorePath> garbage = valid.removeUnreachableFrom(kept);
    garbage.forEach(this::deleteUnlessWanted);
    return garbage;
  }

  private void deleteUnlessWanted(StorePath path) {
    Optional<PathLocks.Held> lock = locks.tryTake(path);
    if (lock.isEmpty()) {
      return;
    }
    try (PathLocks.Held held = lock.get()) {
      if (!isValid(path)) {
        StoreFiles.delete(realPath(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not delete " + path, e);
    }
  }

  /**
   * Deletes one path.
   *
   * @throws EmbeddedStoreException if another path refers to it, or it is not valid
   */
  public void delete(StorePath path) {
    requireValid(path);
    valid.remove(path);
    deleteUnlessWanted(path);
  }

  /**
   * Changes a bit of a valid path behind the store's back, as a bad disk does: what is known of the
   * path does not fit any more.
   *
   * @throws EmbeddedStoreException if the path is not valid, or has no file with anything in it
   */
  public void damage(StorePath path) {
    requireValid(path);
    try {
      if (!StoreFiles.damage(realPath(path))) {
        throw new EmbeddedStoreException("path '" + path + "' has nothing that could be damaged");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not damage " + path, e);
    }
  }

  private void requireValid(StorePath path) {
    if (!isValid(path)) {
      throw new EmbeddedStoreException("path '" + path + "' is not valid");
    }
  }

  /** Deletes the store with all that is in it. */
  @Override
  public void close() {
    try {
      StoreFiles.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not delete the store in " + directory, e);
    }
  }

  @Override
  public String toString() {
    return "embedded store in " + directory;
  }
}
