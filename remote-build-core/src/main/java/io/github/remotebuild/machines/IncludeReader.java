package io.github.remotebuild.machines;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Optional;

/**
 * Finds the text that an {@code @path} entry of a machines file names.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface IncludeReader {
  /**
   * The text that {@code path} names, or empty if there is none; Nix ignores a missing file, and so
   * does {@link MachinesFile}, with a warning.
   *
   * @param path what stands behind the {@code @}
   * @param includedFrom the {@linkplain Included#name() name} of the text with that entry
   * @throws IOException if there is such a text and it cannot be read
   */
  Optional<Included> open(String path, String includedFrom) throws IOException;

  /** A reader that finds nothing. */
  static IncludeReader none() {
    return (path, includedFrom) -> Optional.empty();
  }

  /**
   * A reader of files. A relative path is looked for beside the file that includes it, and a file
   * is called by its absolute path. At most {@link MachinesFile#FILE_LIMIT_BYTES} and one more are
   * read.
   */
  static IncludeReader files() {
    return new IncludedFiles();
  }

  /**
   * A text that was included. Immutable.
   *
   * @param name what messages call it; one text must have one name, since cycles are found by it
   * @param text what it says
   * @since 0.1
   */
  record Included(String name, String text) {
    /** Checks that both are there. */
    public Included {
      requireNonNull(name, "name");
      requireNonNull(text, "text");
    }
  }
}
