package io.github.remotebuild.store;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import java.util.List;

/**
 * Adds paths to a store, one after the other, without waiting for each to be confirmed.
 *
 * <p>For each path: {@link #begin}, then {@link #write} until all of its NAR is written. The path
 * info must tell the truth about hash and size: the store takes exactly that many bytes, and ends
 * if the hash is another. A number of paths may be unconfirmed at a time; beyond that {@code begin}
 * waits. For the thread that uses the session.
 *
 * @since 0.1
 */
public interface NarUpload {
  /** Hears which paths a store has confirmed. */
  @FunctionalInterface
  interface Listener {
    /** The path is valid in the store now. Called by the thread that adds; must return soon. */
    void confirmed(StorePath path);
  }

  /**
   * Announces the next path. Everything it refers to must be valid in the store or written before.
   *
   * @throws IllegalStateException if the NAR before is not complete
   * @throws StoreException if the store has gone
   */
  void begin(PathInfo info);

  /**
   * Writes some bytes of the NAR.
   *
   * @throws IllegalArgumentException if these are more than the path info promised
   * @throws StoreException if the store has gone
   */
  void write(byte[] buffer, int offset, int length);

  /** Passes on what is buffered, and takes the confirmations that are there already. */
  void flush();

  /**
   * Waits until every path is confirmed. The session can be asked other questions then.
   *
   * @throws IllegalStateException if the last NAR is not complete
   * @throws StoreException if the store goes before
   */
  void finish();

  /**
   * Gives up: takes the confirmations of the paths that are complete, as far as they come, and
   * makes the session unusable unless nothing is half done.
   */
  void giveUp();

  /** The paths that are written, or half written, and not confirmed; oldest first. */
  List<StorePath> unconfirmed();
}
