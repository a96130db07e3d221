package io.github.remotebuild.lease;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** Counts slots in memory. */
final class InProcessSlotLeases implements SlotLeases {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, BitSet> slotsInUse = new HashMap<>();
  private long lastToken;

  @Override
  public void request(SlotRequest request, SlotAnswer answer) {
    Lease lease = take(request);
    if (lease == null) {
      answer.refused("all " + request.maxJobs() + " slots are held in this process");
    } else {
      answer.granted(lease);
    }
  }

  private @org.jspecify.annotations.Nullable Lease take(SlotRequest request) {
    lock.lock();
    try {
      BitSet inUse = slotsInUse.computeIfAbsent(request.machine(), name -> new BitSet());
      int slot = inUse.nextClearBit(0);
      // Counted apart from the slot's number: an entry may have shrunk since a slot was taken.
      if (slot >= request.maxJobs() || inUse.cardinality() >= request.maxJobs()) {
        return null;
      }
      inUse.set(slot);
      lastToken++;
      return new SlotLease(request.machine(), slot, lastToken);
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(String machine, int slot) {
    lock.lock();
    try {
      BitSet inUse = slotsInUse.get(machine);
      if (inUse == null || !inUse.get(slot)) {
        throw new IllegalStateException("Slot " + slot + " of " + machine + " is not in use");
      }
      inUse.clear(slot);
      if (inUse.isEmpty()) {
        slotsInUse.remove(machine);
      }
    } finally {
      lock.unlock();
    }
  }

  private final class SlotLease implements Lease {
    private final String machine;
    private final int slot;
    private final long token;
    private final AtomicBoolean released = new AtomicBoolean();

    SlotLease(String machine, int slot, long token) {
      this.machine = machine;
      this.slot = slot;
      this.token = token;
    }

    @Override
    public String machine() {
      return machine;
    }

    @Override
    public int slot() {
      return slot;
    }

    @Override
    public long token() {
      return token;
    }

    @Override
    public void release() {
      if (released.compareAndSet(false, true)) {
        giveBack(machine, slot);
      }
    }

    @Override
    public String toString() {
      return "slot " + slot + " of " + machine + " (token " + token + ")";
    }
  }
}
