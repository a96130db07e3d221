package io.github.remotebuild.ssh;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Knows the passphrases of locked private keys.
 *
 * <p>It is called by the thread that opens a connection, within that connection's deadline, and
 * only for a key that is locked. An implementation must be safe for use by several threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface PassphraseSource {
  /**
   * The passphrase of a key, or empty if it is not known.
   *
   * @param keyFile the file the key is in
   * @return a fresh array, which is overwritten after use
   */
  Optional<char[]> passphraseOf(Path keyFile);

  /** A source that knows no passphrase. */
  static PassphraseSource none() {
    return keyFile -> Optional.empty();
  }
}
