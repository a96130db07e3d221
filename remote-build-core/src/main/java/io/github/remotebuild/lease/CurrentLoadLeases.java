package io.github.remotebuild.lease;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Slots that are shared with Nix on this computer, through the files of Nix's own {@code
 * current-load} directory, usually {@code /nix/var/nix/current-load}.
 *
 * <p>Nix's build hook locks a file for each build that it has on a machine: {@code ssh:__host-0} is
 * the first slot of {@code ssh://host}. Whoever locks the same files in the same way keeps the
 * machine's limit together with every Nix on this computer, and with other programs that do so. The
 * files are made with mode 0600 and never removed, as Nix does, so all of them must run as one
 * user. Nix 2.8 names the files after the store URI as it is written, Nix 2.23 and later after the
 * URI rendered anew; where the two differ, a slot is held under both names. Two entries of one
 * store URI share their slots here, because they do in Nix. (Nix's {@code build-remote.cc}, 2.8 to
 * 2.34.)
 *
 * <p>The locks are {@code flock(2)}, which Java has no call for; each held slot is a small process
 * ({@code sh}, {@code flock} of util-linux and {@code cat} must be on the path). The kernel frees
 * the slot when that process ends, and it ends when this program does, in whatever way. If somebody
 * kills it, the slot is lost and the build is told so.
 *
 * <p>Safe for use by several threads. Requests are served one after another, by one thread from the
 * factory; {@value #QUEUE_LIMIT} may wait, and further ones are refused.
 *
 * @since 0.1
 */
public final class CurrentLoadLeases implements SlotLeases, AutoCloseable {
  /** How many requests may wait to be looked at. */
  public static final int QUEUE_LIMIT = 10_000;

  /** How long Nix, or another program, may look at the slots before we give up asking. */
  public static final Duration MAIN_LOCK_TIMEOUT = Duration.ofSeconds(10);

  /** How long the process of a slot may take to end before the slot is taken to be held still. */
  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

  private final Path directory;
  private final ThreadPoolExecutor executor;
  private final AtomicLong lastToken = new AtomicLong();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Set<FileLease> held = ConcurrentHashMap.newKeySet();

  /** Locks whose end has been asked for; touched by the executor's thread, filled by any. */
  private final Set<SlotLock> ending = ConcurrentHashMap.newKeySet();

  private CurrentLoadLeases(Path directory, ThreadFactory threads) {
    this.directory = requireNonNull(directory, "directory");
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE_LIMIT),
            requireNonNull(threads, "threads"));
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Shares the slots of this directory. Nothing is read or started before the first request; the
   * directory is made if it is not there.
   *
   * @param directory such as {@code /nix/var/nix/current-load}
   * @param threads makes the one thread that asks for slots; it ends by itself when it is idle
   */
  public static CurrentLoadLeases in(Path directory, ThreadFactory threads) {
    return new CurrentLoadLeases(directory, threads);
  }

  @Override
  public void request(SlotRequest request, SlotAnswer answer) {
    requireNonNull(request, "request");
    requireNonNull(answer, "answer");
    try {
      executor.execute(() -> serve(request, answer));
    } catch (RejectedExecutionException e) {
      answer.refused(
          isClosed.get()
              ? "the lease store is closed"
              : "more than " + QUEUE_LIMIT + " requests wait for the files in " + directory);
    }
  }

  private void serve(SlotRequest request, SlotAnswer answer) {
    if (isClosed.get()) {
      answer.refused("the lease store is closed");
      return;
    }
    FileLease lease;
    try {
      awaitEnding();
      int ours = countHeld().getOrDefault(request.machine(), 0);
      if (ours >= request.maxJobs()) {
        answer.refused("all " + request.maxJobs() + " slots are held in this process");
        return;
      }
      SlotLock lock = SlotLock.take(directory, request, MAIN_LOCK_TIMEOUT);
      lease = new FileLease(request.machine(), lock, lastToken.incrementAndGet(), answer);
    } catch (SlotLock.NotTakenException e) {
      answer.refused(e.reason());
      return;
    } catch (InterruptedException e) {
      answer.refused("the lease store is being closed");
      return;
    }
    held.add(lease);
    answer.granted(lease);
    lease.watch();
    if (isClosed.get()) {
      lease.lose("the lease store was closed");
    }
  }

  private Map<String, Integer> countHeld() {
    Map<String, Integer> counts = new HashMap<>();
    held.forEach(lease -> counts.merge(lease.machine, 1, Integer::sum));
    return counts;
  }

  /** What was given back is to be had again at once, so its process must have ended. */
  private void awaitEnding() throws InterruptedException {
    for (Iterator<SlotLock> locks = ending.iterator(); locks.hasNext(); ) {
      locks.next().awaitEnd(END_TIMEOUT);
      locks.remove();
    }
  }

  /** Gives every slot back and ends the thread. Builds that hold one are told that it is lost. */
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      executor.shutdownNow().forEach(Runnable::run);
      held.forEach(lease -> lease.lose("the lease store was closed"));
    }
  }

  private final class FileLease implements Lease {
    private final String machine;
    private final SlotLock lock;
    private final long token;
    private final SlotAnswer answer;
    private final AtomicBoolean isOver = new AtomicBoolean();

    FileLease(String machine, SlotLock lock, long token, SlotAnswer answer) {
      this.machine = machine;
      this.lock = lock;
      this.token = token;
      this.answer = answer;
    }

    /** Hears of the end of the process that holds the slot. */
    void watch() {
      lock.onEnd(() -> lose("the process that held " + lock + " ended"));
    }

    void lose(String reason) {
      if (end()) {
        answer.lost(this, reason);
      }
    }

    private boolean end() {
      if (!isOver.compareAndSet(false, true)) {
        return false;
      }
      ending.add(lock);
      held.remove(this);
      lock.end();
      return true;
    }

    @Override
    public String machine() {
      return machine;
    }

    @Override
    public int slot() {
      return lock.slot();
    }

    @Override
    public long token() {
      return token;
    }

    @Override
    public void release() {
      end();
    }

    @Override
    public String toString() {
      return lock + " of " + machine + " (token " + token + ")";
    }
  }
}
