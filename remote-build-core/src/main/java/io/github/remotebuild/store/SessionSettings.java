package io.github.remotebuild.store;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.wire.WireLimits;
import java.time.Duration;

/**
 * The store directory of a session, and the bounds within which it works. Immutable.
 *
 * @param storeDir the logical store directory
 * @param limits the most that is accepted from the store process
 * @param closeGrace how long the store process may take to end after its input was closed
 * @param evidenceGrace how long to wait for the last words of a store process that has failed
 * @param requestAheadBytes how many bytes of requests for NARs may be unanswered. A transport must
 *     take as many while the process reads nothing, or two sides could wait for each other: 64 KiB
 *     is what those of this library take
 * @param unconfirmedPaths how many added paths may be unconfirmed; each takes 8 bytes in a pipe
 * @since 0.1
 */
public record SessionSettings(
    StoreDir storeDir,
    WireLimits limits,
    Duration closeGrace,
    Duration evidenceGrace,
    int requestAheadBytes,
    int unconfirmedPaths) {
  private static final SessionSettings DEFAULTS =
      new SessionSettings(
          StoreDir.NIX,
          WireLimits.defaults(),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          32 * 1024,
          256);

  /** Checks the bounds. */
  public SessionSettings {
    requireNonNull(storeDir, "storeDir");
    requireNonNull(limits, "limits");
    if (closeGrace.isNegative() || evidenceGrace.isNegative()) {
      throw new IllegalArgumentException("A grace cannot be negative");
    }
    if (requestAheadBytes < 1 || unconfirmedPaths < 1) {
      throw new IllegalArgumentException("requestAheadBytes and unconfirmedPaths must be positive");
    }
  }

  /**
   * {@code /nix/store}, the default limits, 10 s to end, 2 s for last words, 32 KiB of requests,
   * 256 unconfirmed paths.
   */
  public static SessionSettings defaults() {
    return DEFAULTS;
  }

  /** The same for another store directory. */
  public SessionSettings withStoreDir(StoreDir other) {
    return new SessionSettings(
        other, limits, closeGrace, evidenceGrace, requestAheadBytes, unconfirmedPaths);
  }

  /** The same with another bound on ending. */
  public SessionSettings withCloseGrace(Duration other) {
    return new SessionSettings(
        storeDir, limits, other, evidenceGrace, requestAheadBytes, unconfirmedPaths);
  }
}
