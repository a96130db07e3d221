package io.github.remotebuild.store;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarHasher;
import io.github.remotebuild.nar.NarSummary;
import io.github.remotebuild.store.CopyException.Side;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One copy: receives from the source, and passes on to the destination what it has checked. */
final class CopyRun implements NarReceiver {
  private final List<PathInfo> infos;
  private final StoreSession source;
  private final StoreSession destination;
  private final CopyListener listener;
  private final SortedSet<StorePath> confirmed = new TreeSet<>();
  private final NarHasher hasher = new NarHasher();

  private @Nullable NarUpload upload;
  private int next;
  private PathInfo current;
  private boolean isAnnounced;
  private @Nullable StoreException destinationFailure;

  CopyRun(
      List<PathInfo> infos, StoreSession source, StoreSession destination, CopyListener listener) {
    this.infos = List.copyOf(infos);
    this.source = source;
    this.destination = destination;
    this.listener = listener;
    this.current = this.infos.get(0);
  }

  void run() {
    boolean isDone = false;
    try {
      upload = destination.addNars(this::confirmed);
    } catch (StoreException e) {
      throw failure(Side.DESTINATION, e);
    }
    try {
      source.readNars(infos.stream().map(PathInfo::path).toList(), this);
      toDestination(NarUpload::finish);
      isDone = true;
    } catch (StoreException e) {
      giveUp();
      throw failure(e == destinationFailure ? Side.DESTINATION : Side.SOURCE, e);
    } finally {
      if (!isDone) {
        giveUp();
      }
    }
  }

  private void confirmed(StorePath path) {
    confirmed.add(path);
    listener.confirmed(path);
  }

  private void giveUp() {
    if (upload != null && destinationFailure == null) {
      try {
        upload.giveUp();
      } catch (StoreException e) {
        // The failure that made us give up is the one to report.
      }
    }
  }

  private CopyException failure(Side side, StoreException e) {
    Optional<StorePath> path = Optional.of(current.path());
    if (side == Side.DESTINATION && upload != null && !upload.unconfirmed().isEmpty()) {
      path = Optional.of(upload.unconfirmed().get(0));
    }
    String message =
        "Could not copy "
            + path.get()
            + " from "
            + source.name()
            + " to "
            + destination.name()
            + ", after "
            + confirmed.size()
            + " of "
            + infos.size()
            + " paths: "
            + e.getMessage();
    return new CopyException(side, e, message, confirmed, path);
  }

  @Override
  public void begin(StorePath path) {
    current = infos.get(next++);
    isAnnounced = false;
  }

  @Override
  public void chunk(byte[] buffer, int offset, int length) {
    check(buffer, offset, length);
    pass(buffer, offset, length);
  }

  @Override
  public void lastChunk(byte[] buffer, int offset, int length) {
    check(buffer, offset, length);
    NarSummary summary = hasher.finish();
    if (summary.sizeBytes() != current.narSizeBytes()
        || !summary.hash().equals(current.narHash())) {
      throw mismatch(summary.sizeBytes() + " bytes with hash " + summary.hash());
    }
    pass(buffer, offset, length);
  }

  @Override
  public void beforeWaiting() {
    toDestination(NarUpload::flush);
  }

  private void check(byte[] buffer, int offset, int length) {
    hasher.update(buffer, offset, length);
    if (hasher.sizeBytes() > current.narSizeBytes()) {
      throw mismatch("more than that");
    }
  }

  private void pass(byte[] buffer, int offset, int length) {
    if (!isAnnounced) {
      // Only now: a path that the source does not have must not leave the destination half-way.
      isAnnounced = true;
      listener.started(current);
      toDestination(to -> to.begin(current));
    }
    toDestination(to -> to.write(buffer, offset, length));
    listener.copied(current.path(), length);
  }

  private void toDestination(Consumer<NarUpload> step) {
    if (upload == null) {
      throw new IllegalStateException("The copy has not begun");
    }
    try {
      step.accept(upload);
    } catch (StoreException e) {
      destinationFailure = e;
      throw e;
    }
  }

  private StoreException mismatch(String found) {
    return new StoreException(
        StoreProblem.HASH_MISMATCH,
        source.name(),
        "Could not read "
            + current.path()
            + " on "
            + source.name()
            + ": its NAR should have "
            + current.narSizeBytes()
            + " bytes with hash "
            + current.narHash()
            + ", and has "
            + found
            + "; check its store with nix-store --verify --check-contents",
        source.lastStderrLines());
  }
}
