package io.github.remotebuild.store;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Copies store paths from one store to another.
 *
 * <p>The NARs are streamed: neither memory nor disk grows with their size. Requests run ahead on
 * the reading side and confirmations behind on the writing side, both within bounds, so that a
 * thousand small paths cost few round trips. Hash and size are checked on the way; the end of a NAR
 * is held back until they are known to be right, so a damaged NAR never becomes a valid path.
 *
 * @since 0.1
 */
public final class ClosureCopy {
  private ClosureCopy() {}

  /**
   * Copies the paths, in the order given.
   *
   * <p>Both sessions must be used by nobody else meanwhile; to end a copy early, abort both from
   * another thread. After a failure the session of the side that failed is unusable, and the other
   * one too if it was left half-way.
   *
   * @param infos what the source says of the paths, references before what refers to them
   * @param source where the paths are
   * @param destination where they go; what they refer to must be there or be among them
   * @param listener hears how it goes on
   * @throws CopyException if either side fails; tells which one, and which paths had arrived
   * @throws IllegalArgumentException if a path comes twice, or before one that it refers to
   */
  public static void copy(
      List<PathInfo> infos, StoreSession source, StoreSession destination, CopyListener listener) {
    checkOrder(infos);
    if (!infos.isEmpty()) {
      new CopyRun(infos, source, destination, listener).run();
    }
  }

  private static void checkOrder(List<PathInfo> infos) {
    Set<StorePath> coming = new HashSet<>();
    for (PathInfo info : infos) {
      if (!coming.add(info.path())) {
        throw new IllegalArgumentException(info.path() + " comes twice");
      }
    }
    for (PathInfo info : infos) {
      for (StorePath reference : info.otherReferences()) {
        if (coming.contains(reference)) {
          throw new IllegalArgumentException(
              info.path() + " comes before " + reference + ", to which it refers");
        }
      }
      coming.remove(info.path());
    }
  }
}
