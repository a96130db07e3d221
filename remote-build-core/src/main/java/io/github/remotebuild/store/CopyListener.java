package io.github.remotebuild.store;

import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;

/**
 * Hears how a copy goes on. Called by the thread that copies; must return soon and not throw.
 *
 * @since 0.1
 */
public interface CopyListener {
  /** The first byte of the path has arrived. */
  default void started(PathInfo info) {}

  /**
   * Bytes of the path have been passed on.
   *
   * @param path the path
   * @param bytes how many, since the last call
   */
  default void copied(StorePath path, long bytes) {}

  /** The destination says that it has the path. */
  default void confirmed(StorePath path) {}

  /** Hears nothing. */
  static CopyListener none() {
    return new CopyListener() {};
  }
}
