package io.github.remotebuild.store;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.StorePath;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A copy of store paths stopped before its end.
 *
 * <p>The evidence is that of the side that failed.
 *
 * @since 0.1
 */
public final class CopyException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** One end of a copy. */
  public enum Side {
    /** The store that the paths are read from. */
    SOURCE,
    /** The store that the paths are added to. */
    DESTINATION
  }

  private final Side side;
  private final transient SortedSet<StorePath> confirmed;
  private final transient Optional<StorePath> failedPath;

  CopyException(
      Side side,
      StoreException failure,
      String message,
      SortedSet<StorePath> confirmed,
      Optional<StorePath> failedPath) {
    super(failure.problem(), failure.sessionName(), message, failure.evidence(), failure);
    this.side = requireNonNull(side, "side");
    this.confirmed = Collections.unmodifiableSortedSet(new TreeSet<>(confirmed));
    this.failedPath = requireNonNull(failedPath, "failedPath");
  }

  /** Which end failed. A hash that does not match is the source's failure. */
  public Side side() {
    return side;
  }

  /** The paths that the destination has confirmed. */
  public SortedSet<StorePath> confirmed() {
    return confirmed;
  }

  /** The path that was being read or added, as far as that can be told. */
  public Optional<StorePath> failedPath() {
    return failedPath;
  }
}
