package io.github.remotebuild.lease;

/**
 * Hands out the build slots of machines.
 *
 * <p>Never hands out more slots of a machine at once than the machine has. Safe for use by several
 * threads, and by several {@code RemoteBuilds} at once: sharing one instance is how they share the
 * limits of their machines.
 *
 * @since 0.1
 */
public interface SlotLeases {
  /**
   * Asks for a slot.
   *
   * <p>The answer is given exactly once, before this method returns or later, by any thread. It is
   * never a wait for a slot: if none is free now, it is a refusal.
   *
   * @param request the slot wanted
   * @param answer told whether it was granted
   */
  void request(SlotRequest request, SlotAnswer answer);

  /**
   * Slots counted in this process, by machine name. Nothing is shared with other processes; {@link
   * CurrentLoadLeases} shares them with Nix.
   */
  static SlotLeases inProcess() {
    return new InProcessSlotLeases();
  }
}
