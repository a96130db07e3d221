package io.github.remotebuild.internal.claims;

/**
 * How much may be transferred at once.
 *
 * <p>Half of the bytes is shared out evenly: every transfer that has its turn may have {@link
 * #shareBytes()} in flight, so a large path does not keep small ones waiting for bytes. Paths that
 * are larger than that take their bytes from the other half, first come, first served; one that is
 * larger than all of it goes when no other large one does. So the bytes in flight never exceed the
 * bound, but by such a path.
 *
 * @param transfers how many transfers, in all
 * @param transfersPerStore how many of them with one store
 * @param bytes how many bytes of NARs, in all
 * @param bytesPerStore how many of them with one store
 */
public record TransferBounds(int transfers, int transfersPerStore, long bytes, long bytesPerStore) {
  /** Checks that every bound is positive. */
  public TransferBounds {
    if (transfers < 1 || transfersPerStore < 1 || bytes < 1 || bytesPerStore < 1) {
      throw new IllegalArgumentException("A bound on transfers must be positive");
    }
  }

  /** How many bytes a transfer may have in flight in any case. */
  public long shareBytes() {
    long share = Math.min(bytes / (2L * transfers), bytesPerStore / (2L * transfersPerStore));
    return Math.max(1, share);
  }

  /** What is left for large paths, in all. */
  long largeBytes() {
    return Math.max(0, bytes - transfers * shareBytes());
  }

  /** What is left for large paths, with one store. */
  long largeBytesPerStore() {
    return Math.max(0, bytesPerStore - transfersPerStore * shareBytes());
  }
}
