package io.github.remotebuild.internal.claims;

import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.model.TransferWait.Bound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives transfers their turn, first come, first served, within the bounds.
 *
 * <p>Of those that do not fit, the first with each store, and the first that does not fit into the
 * whole, has what it needs kept for it: who came later gets in beside it only if that does not make
 * it wait longer. So nobody is passed over for ever, and a large path that waits does not hold up
 * the small ones behind it.
 */
final class Admission {
  private final TransferBounds bounds;
  private final Room all;
  private final Map<StoreKey, Room> perStore = new HashMap<>();
  private final TreeMap<Long, Turn> queue = new TreeMap<>();
  private long lastTicket;

  Admission(TransferBounds bounds) {
    this.bounds = bounds;
    this.all = new Room(bounds.transfers(), bounds.largeBytes());
  }

  private Room room(Turn turn) {
    return perStore.computeIfAbsent(
        turn.transfer.store(),
        key -> new Room(bounds.transfersPerStore(), bounds.largeBytesPerStore()));
  }

  /** Lets it wait for its turn, with so many bytes besides its share. */
  void enqueue(Turn turn, long largeBytes) {
    if (turn.isGranted) {
      throw new IllegalStateException(turn.transfer + " has its turn");
    }
    if (turn.ticket == 0) {
      turn.ticket = ++lastTicket;
    }
    turn.largeBytes = largeBytes;
    turn.isQueued = true;
    queue.put(turn.ticket, turn);
  }

  /** Takes it out of the queue, or ends its turn. */
  void leave(Turn turn) {
    if (turn.isQueued) {
      queue.remove(turn.ticket);
    }
    if (turn.isGranted) {
      all.release(turn.largeBytes);
      room(turn).release(turn.largeBytes);
    }
    if (room(turn).isUnused()) {
      perStore.remove(turn.transfer.store());
    }
    turn.isQueued = false;
    turn.isGranted = false;
    turn.largeBytes = 0;
  }

  /** It needs its large bytes no longer, but goes on. */
  void releaseBytes(Turn turn) {
    if (turn.isGranted && turn.largeBytes > 0) {
      all.releaseBytes(turn.largeBytes);
      room(turn).releaseBytes(turn.largeBytes);
      turn.largeBytes = 0;
    }
  }

  /** Gives turns to as many as fit, and returns them in the order in which they came. */
  List<Turn> admit() {
    List<Turn> granted = new ArrayList<>();
    List<Room> kept = new ArrayList<>();
    for (Iterator<Turn> i = queue.values().iterator(); i.hasNext() && all.hasTransferLeft(); ) {
      Turn turn = i.next();
      Room room = room(turn);
      long bytes = turn.largeBytes;
      if (all.fits(bytes) && room.fits(bytes)) {
        all.take(bytes);
        room.take(bytes);
        i.remove();
        turn.isQueued = false;
        turn.isGranted = true;
        turn.blockedBy = null;
        granted.add(turn);
        continue;
      }
      turn.blockedBy = obstacle(room, bytes);
      if (!all.fits(bytes) && !all.isKept()) {
        all.keep(bytes);
        kept.add(all);
      }
      if (!room.isKept()) {
        room.keep(bytes);
        kept.add(room);
      }
    }
    kept.forEach(Room::keepNothing);
    return granted;
  }

  /** What keeps it from its turn, or kept it when that was looked at last. */
  Bound obstacle(Turn turn) {
    return all.hasTransferLeft() && turn.blockedBy != null ? turn.blockedBy : Bound.TRANSFERS;
  }

  private Bound obstacle(Room room, long bytes) {
    if (!all.hasTransferLeft()) {
      return Bound.TRANSFERS;
    }
    if (!room.hasTransferLeft()) {
      return Bound.TRANSFERS_PER_STORE;
    }
    return all.hasBytesLeft(bytes) ? Bound.TRANSFER_BYTES_PER_STORE : Bound.TRANSFER_BYTES;
  }

  boolean isEmpty() {
    return queue.isEmpty() && perStore.isEmpty() && all.isUnused();
  }
}
