package io.github.remotebuild.nar;

/**
 * All that an archive says of a file's mode.
 *
 * @since 0.1
 */
public enum FileKind {
  /** A file that is not executable. */
  PLAIN,
  /** A file that its owner may execute. */
  EXECUTABLE
}
