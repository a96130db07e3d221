package io.github.remotebuild.lease;

/**
 * Told what became of a {@link SlotRequest}. Calls return at once.
 *
 * @since 0.1
 */
public interface SlotAnswer {
  /**
   * The slot is ours until {@link Lease#release()} or {@link #lost}.
   *
   * @param lease the slot held
   */
  void granted(Lease lease);

  /**
   * There is no slot to be had now.
   *
   * @param reason who has them, or why the lease store cannot tell, for a person
   */
  void refused(String reason);

  /**
   * A slot granted before is ours no longer. The build that holds it must stop.
   *
   * @param lease the slot lost
   * @param reason why, for a person
   */
  void lost(Lease lease, String reason);
}
