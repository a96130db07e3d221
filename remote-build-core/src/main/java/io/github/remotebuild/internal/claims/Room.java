package io.github.remotebuild.internal.claims;

/** What is in use of one pair of bounds: that of everything, or that of one store. */
final class Room {
  private final int transferLimit;
  private final long largeLimit;
  private int transfers;
  private long largeBytes;

  /** What is kept for somebody who came first and does not fit yet. */
  private int keptTransfers;

  private long keptBytes;

  Room(int transferLimit, long largeLimit) {
    this.transferLimit = transferLimit;
    this.largeLimit = largeLimit;
  }

  boolean hasTransferLeft() {
    return transfers + keptTransfers < transferLimit;
  }

  boolean hasBytesLeft(long bytes) {
    long taken = largeBytes + keptBytes;
    return bytes == 0 || taken == 0 || bytes <= largeLimit - taken;
  }

  boolean fits(long bytes) {
    return hasTransferLeft() && hasBytesLeft(bytes);
  }

  void take(long bytes) {
    transfers++;
    largeBytes += bytes;
  }

  void release(long bytes) {
    transfers--;
    largeBytes -= bytes;
  }

  void releaseBytes(long bytes) {
    largeBytes -= bytes;
  }

  boolean isKept() {
    return keptTransfers > 0;
  }

  void keep(long bytes) {
    keptTransfers = 1;
    keptBytes = bytes;
  }

  void keepNothing() {
    keptTransfers = 0;
    keptBytes = 0;
  }

  boolean isUnused() {
    return transfers == 0;
  }
}
