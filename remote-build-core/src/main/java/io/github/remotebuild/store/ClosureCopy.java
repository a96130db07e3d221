package io.github.remotebuild.store;

import io.github.remotebuild.model.PathInfo;
import java.util.List;

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
   * <p>Both sessions must be used by nobody else meanwhile. After a failure the session of the side
   * that failed is unusable, and the other one too if it was left half-way.
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
    if (!infos.isEmpty()) {
      throw new UnsupportedOperationException();
    }
  }
}
