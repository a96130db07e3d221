package io.github.remotebuild.fake;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.NarReceiver;
import io.github.remotebuild.store.NarUpload;
import io.github.remotebuild.store.SessionEnd;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.store.ValidityOption;
import io.github.remotebuild.transport.TransportException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A session on a {@link StubStore}: says what is valid and reads files, and can do no more. */
final class StubSession implements StoreSession {
  private final StubStore store;
  private @Nullable Thread asking;
  private boolean isKilled;
  private boolean isBroken;
  private boolean isAborted;
  private @Nullable SessionEnd end;

  StubSession(StubStore store) {
    this.store = store;
  }

  /** Lets the next question fail; before that nobody notices. */
  synchronized void kill() {
    isKilled = true;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public StoreDir storeDir() {
    return store.storeDir();
  }

  @Override
  public synchronized boolean isUsable() {
    return end == null && !isBroken;
  }

  private void ask() {
    synchronized (this) {
      if (!isUsable()) {
        throw problem(StoreProblem.UNUSABLE);
      }
      asking = Thread.currentThread();
    }
    try {
      store.reachQuestion();
    } catch (InterruptedException | TransportException e) {
      throw problem(StoreProblem.TRANSPORT);
    } finally {
      synchronized (this) {
        asking = null;
      }
    }
    synchronized (this) {
      if (isKilled) {
        throw problem(StoreProblem.ENDED);
      }
    }
  }

  private synchronized StoreException problem(StoreProblem problem) {
    StoreProblem told = isAborted ? StoreProblem.ABORTED : problem;
    isBroken = true;
    return new StoreException(told, name(), "Could not ask " + name() + ": " + told, List.of());
  }

  @Override
  public SortedSet<StorePath> queryValidPaths(
      Collection<StorePath> paths, Set<ValidityOption> options) {
    ask();
    SortedSet<StorePath> valid = new TreeSet<>(paths);
    valid.removeIf(path -> !store.isValid(path));
    return valid;
  }

  @Override
  public SortedMap<StorePath, ByteString> readFiles(Collection<StorePath> paths, int limitBytes) {
    ask();
    SortedMap<StorePath, ByteString> files = new TreeMap<>();
    for (StorePath path : paths) {
      ByteString file = store.read(path);
      if (file.toByteArray().length > limitBytes) {
        throw problem(StoreProblem.TOO_LARGE);
      }
      files.put(path, file);
    }
    return files;
  }

  @Override
  public SortedMap<StorePath, PathInfo> queryPathInfos(Collection<StorePath> paths) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SortedSet<StorePath> queryClosure(Collection<StorePath> paths) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void readNars(List<StorePath> paths, NarReceiver receiver) {
    throw new UnsupportedOperationException();
  }

  @Override
  public NarUpload addNars(NarUpload.Listener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BuildResult buildDerivation(
      StorePath drvPath, BasicDerivation derivation, BuildOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> lastStderrLines() {
    return List.of();
  }

  @Override
  public synchronized SessionEnd finish() {
    if (end == null) {
      end = new SessionEnd(!isAborted, OptionalInt.empty());
      store.ended(this);
    }
    return end;
  }

  @Override
  public synchronized Optional<SessionEnd> end() {
    return Optional.ofNullable(end);
  }

  @Override
  public synchronized void abort() {
    isAborted = true;
    finish();
    if (asking != null) {
      asking.interrupt();
    }
  }
}
