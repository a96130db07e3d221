package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.lease.Lease;
import io.github.remotebuild.lease.SlotAnswer;
import io.github.remotebuild.lease.SlotLeases;
import io.github.remotebuild.lease.SlotRequest;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a lease store for slots, and bears with one that throws, answers twice, late or never.
 *
 * <p>Whatever it does, each request is answered exactly once, and no slot that was granted is
 * forgotten. Safe for use by several threads.
 */
final class SlotDesk {
  /** Hears what became of a request. */
  interface Answers {
    /**
     * The slot is ours.
     *
     * @return whether somebody wants it; if not, it is given back at once
     */
    boolean granted(Lease lease);

    /** There is none now. */
    void refused(String reason);

    /** The slot that was granted is ours no longer. */
    void lost(String reason);
  }

  private static final Logger LOG = LoggerFactory.getLogger(SlotDesk.class);

  private final SlotLeases leases;
  private final Duration patience;
  private final Watchdog watchdog;

  SlotDesk(SlotLeases leases, Duration patience, Watchdog watchdog) {
    this.leases = leases;
    this.patience = patience;
    this.watchdog = watchdog;
  }

  void request(SlotRequest wanted, Answers answers) {
    Request request = new Request(wanted.machine(), answers);
    request.watch =
        watchdog.watch(
            patience,
            () ->
                request.refused("the lease store gave no answer for " + Texts.duration(patience)));
    try {
      leases.request(wanted, request);
    } catch (RuntimeException | Error e) {
      LOG.warn("The lease store threw when asked for a slot of {}", wanted.machine(), e);
      request.refused("the lease store failed: " + e);
    }
  }

  /** Gives a slot back, or tries to. */
  void release(Lease lease) {
    try {
      lease.release();
    } catch (RuntimeException | Error e) {
      LOG.warn("The lease store threw when {} was given back", lease, e);
    }
  }

  private final class Request implements SlotAnswer {
    private final String machine;
    private final Answers answers;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean isAnswered;
    private @Nullable Lease held;
    volatile Watchdog.@Nullable Watch watch;

    Request(String machine, Answers answers) {
      this.machine = machine;
      this.answers = answers;
    }

    /** Whether this is the first answer; if so, it is the lease that is held from now on. */
    private boolean answer(@Nullable Lease lease) {
      lock.lock();
      try {
        if (isAnswered) {
          return false;
        }
        isAnswered = true;
        held = lease;
      } finally {
        lock.unlock();
      }
      Watchdog.Watch waiting = watch;
      if (waiting != null) {
        waiting.close();
      }
      return true;
    }

    @Override
    public void granted(Lease lease) {
      if (!answer(lease)) {
        LOG.warn("The lease store granted a slot of {} that was no longer waited for", machine);
        release(lease);
      } else if (!answers.granted(lease)) {
        release(lease);
      }
    }

    @Override
    public void refused(String reason) {
      if (answer(null)) {
        answers.refused(reason);
      }
    }

    @Override
    public void lost(Lease lease, String reason) {
      boolean isOurs;
      lock.lock();
      try {
        isOurs = lease.equals(held);
        if (isOurs) {
          held = null;
        }
      } finally {
        lock.unlock();
      }
      if (isOurs) {
        answers.lost(reason);
      }
    }
  }
}
