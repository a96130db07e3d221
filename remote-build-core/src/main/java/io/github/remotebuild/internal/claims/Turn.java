package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.TransferWait;
import org.jspecify.annotations.Nullable;

/** The place of one transfer among those that want their turn, or have it. */
final class Turn {
  final Transfer transfer;

  /** Its place in the queue, which it keeps for good once it has one; 0 before. */
  long ticket;

  boolean isQueued;
  boolean isGranted;

  /** The bytes that it asks for, or has, besides its share. */
  long largeBytes;

  /** What keeps it from its turn. */
  TransferWait.@Nullable Bound blockedBy;

  Turn(Transfer transfer) {
    this.transfer = transfer;
  }
}
