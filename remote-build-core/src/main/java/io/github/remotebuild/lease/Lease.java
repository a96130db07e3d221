package io.github.remotebuild.lease;

/**
 * A held slot.
 *
 * @since 0.1
 */
public interface Lease {
  /** The machine's entry. */
  String machine();

  /** Which of its slots: 0 to {@code maxJobs - 1}. */
  int slot();

  /** A number larger than that of every lease granted before it by the same lease store. */
  long token();

  /** Gives the slot back. Does nothing the second time, and nothing if the slot was lost. */
  void release();
}
