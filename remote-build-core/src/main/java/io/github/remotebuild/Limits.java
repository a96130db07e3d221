package io.github.remotebuild;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Every bound that the library keeps by itself, in one place. Immutable; each {@code with} method
 * returns a changed copy.
 *
 * @param leaseTimeout waiting for the lease store to answer; default 30 s
 * @param connectTimeout reaching a machine, up to its first answer; default 15 s
 * @param authenticateTimeout agreeing on keys and logging in; default 30 s
 * @param handshakeTimeout starting the remote store process; default 30 s. Opening the hub may take
 *     as long as this and the two before together
 * @param queryTimeout one question to a store; default 2 min
 * @param planTimeout all questions to the hub before the first build; default 10 min. Substitution
 *     in the hub happens here.
 * @param transferStallTimeout sending or fetching without a single byte moving; default 2 min
 * @param fetchWaitTimeout waiting for one of the transfers to be free; default 1 h
 * @param closeGrace how long a remote process may take to end by itself, and a listener to take
 *     what waits for it when its request is over; default 2 s
 * @param keepAliveInterval how often a silent machine is asked for a sign of life; default 15 s
 * @param keepAliveLimit how many times it may stay silent; default 3
 * @param transfers how many transfers from or to the hub run at once, which is also how many store
 *     processes the hub runs besides one for each request; default 4
 * @param logQueueBytes how much log waits for one listener before lines are dropped, counting 64
 *     bytes for each line besides its characters; default 4 MiB
 * @param logLineBytes the longest log line that is passed on whole; longer ones are split; default
 *     64 KiB
 * @param derivationBytes the largest {@code .drv} file; default 64 MiB
 * @param graphDerivations the most derivations that planning one request may have to read; default
 *     1,000,000
 * @param idleConnectionAge how long an unused connection to a machine, or session on the hub, is
 *     kept; default 5 min
 * @param machinesFileInterval how long after one look at a watched machines file the next begins;
 *     default 5 s
 * @since 0.1
 */
public record Limits(
    Duration leaseTimeout,
    Duration connectTimeout,
    Duration authenticateTimeout,
    Duration handshakeTimeout,
    Duration queryTimeout,
    Duration planTimeout,
    Duration transferStallTimeout,
    Duration fetchWaitTimeout,
    Duration closeGrace,
    Duration keepAliveInterval,
    int keepAliveLimit,
    int transfers,
    long logQueueBytes,
    int logLineBytes,
    long derivationBytes,
    int graphDerivations,
    Duration idleConnectionAge,
    Duration machinesFileInterval) {
  private static final Limits DEFAULTS =
      new Limits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofMinutes(10),
          Duration.ofMinutes(2),
          Duration.ofHours(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(15),
          3,
          4,
          4L << 20,
          64 << 10,
          64L << 20,
          1_000_000,
          Duration.ofMinutes(5),
          Duration.ofSeconds(5));

  /** Checks that every bound is positive. */
  public Limits {
    positive(leaseTimeout, "leaseTimeout");
    positive(connectTimeout, "connectTimeout");
    positive(authenticateTimeout, "authenticateTimeout");
    positive(handshakeTimeout, "handshakeTimeout");
    positive(queryTimeout, "queryTimeout");
    positive(planTimeout, "planTimeout");
    positive(transferStallTimeout, "transferStallTimeout");
    positive(fetchWaitTimeout, "fetchWaitTimeout");
    positive(closeGrace, "closeGrace");
    positive(keepAliveInterval, "keepAliveInterval");
    positive(keepAliveLimit, "keepAliveLimit");
    positive(transfers, "transfers");
    positive(logQueueBytes, "logQueueBytes");
    positive(logLineBytes, "logLineBytes");
    positive(derivationBytes, "derivationBytes");
    positive(graphDerivations, "graphDerivations");
    positive(idleConnectionAge, "idleConnectionAge");
    positive(machinesFileInterval, "machinesFileInterval");
  }

  /** The defaults named above. */
  public static Limits defaults() {
    return DEFAULTS;
  }

  /** The same with another {@link #leaseTimeout}. */
  public Limits withLeaseTimeout(Duration other) {
    return with(parts -> parts.leaseTimeout = other);
  }

  /** The same with another {@link #connectTimeout}. */
  public Limits withConnectTimeout(Duration other) {
    return with(parts -> parts.connectTimeout = other);
  }

  /** The same with another {@link #authenticateTimeout}. */
  public Limits withAuthenticateTimeout(Duration other) {
    return with(parts -> parts.authenticateTimeout = other);
  }

  /** The same with another {@link #handshakeTimeout}. */
  public Limits withHandshakeTimeout(Duration other) {
    return with(parts -> parts.handshakeTimeout = other);
  }

  /** The same with another {@link #queryTimeout}. */
  public Limits withQueryTimeout(Duration other) {
    return with(parts -> parts.queryTimeout = other);
  }

  /** The same with another {@link #planTimeout}. */
  public Limits withPlanTimeout(Duration other) {
    return with(parts -> parts.planTimeout = other);
  }

  /** The same with another {@link #transferStallTimeout}. */
  public Limits withTransferStallTimeout(Duration other) {
    return with(parts -> parts.transferStallTimeout = other);
  }

  /** The same with another {@link #fetchWaitTimeout}. */
  public Limits withFetchWaitTimeout(Duration other) {
    return with(parts -> parts.fetchWaitTimeout = other);
  }

  /** The same with another {@link #closeGrace}. */
  public Limits withCloseGrace(Duration other) {
    return with(parts -> parts.closeGrace = other);
  }

  /** The same with another {@link #keepAliveInterval}. */
  public Limits withKeepAliveInterval(Duration other) {
    return with(parts -> parts.keepAliveInterval = other);
  }

  /** The same with another {@link #keepAliveLimit}. */
  public Limits withKeepAliveLimit(int other) {
    return with(parts -> parts.keepAliveLimit = other);
  }

  /** The same with another {@link #transfers}. */
  public Limits withTransfers(int other) {
    return with(parts -> parts.transfers = other);
  }

  /** The same with another {@link #logQueueBytes}. */
  public Limits withLogQueueBytes(long other) {
    return with(parts -> parts.logQueueBytes = other);
  }

  /** The same with another {@link #logLineBytes}. */
  public Limits withLogLineBytes(int other) {
    return with(parts -> parts.logLineBytes = other);
  }

  /** The same with another {@link #derivationBytes}. */
  public Limits withDerivationBytes(long other) {
    return with(parts -> parts.derivationBytes = other);
  }

  /** The same with another {@link #graphDerivations}. */
  public Limits withGraphDerivations(int other) {
    return with(parts -> parts.graphDerivations = other);
  }

  /** The same with another {@link #idleConnectionAge}. */
  public Limits withIdleConnectionAge(Duration other) {
    return with(parts -> parts.idleConnectionAge = other);
  }

  /** The same with another {@link #machinesFileInterval}. */
  public Limits withMachinesFileInterval(Duration other) {
    return with(parts -> parts.machinesFileInterval = other);
  }

  private Limits with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.limits();
  }

  /** All bounds, while one of them is being changed. */
  private static final class Parts {
    private Duration leaseTimeout;
    private Duration connectTimeout;
    private Duration authenticateTimeout;
    private Duration handshakeTimeout;
    private Duration queryTimeout;
    private Duration planTimeout;
    private Duration transferStallTimeout;
    private Duration fetchWaitTimeout;
    private Duration closeGrace;
    private Duration keepAliveInterval;
    private int keepAliveLimit;
    private int transfers;
    private long logQueueBytes;
    private int logLineBytes;
    private long derivationBytes;
    private int graphDerivations;
    private Duration idleConnectionAge;
    private Duration machinesFileInterval;

    Parts(Limits limits) {
      leaseTimeout = limits.leaseTimeout;
      connectTimeout = limits.connectTimeout;
      authenticateTimeout = limits.authenticateTimeout;
      handshakeTimeout = limits.handshakeTimeout;
      queryTimeout = limits.queryTimeout;
      planTimeout = limits.planTimeout;
      transferStallTimeout = limits.transferStallTimeout;
      fetchWaitTimeout = limits.fetchWaitTimeout;
      closeGrace = limits.closeGrace;
      keepAliveInterval = limits.keepAliveInterval;
      keepAliveLimit = limits.keepAliveLimit;
      transfers = limits.transfers;
      logQueueBytes = limits.logQueueBytes;
      logLineBytes = limits.logLineBytes;
      derivationBytes = limits.derivationBytes;
      graphDerivations = limits.graphDerivations;
      idleConnectionAge = limits.idleConnectionAge;
      machinesFileInterval = limits.machinesFileInterval;
    }

    Limits limits() {
      return new Limits(
          leaseTimeout,
          connectTimeout,
          authenticateTimeout,
          handshakeTimeout,
          queryTimeout,
          planTimeout,
          transferStallTimeout,
          fetchWaitTimeout,
          closeGrace,
          keepAliveInterval,
          keepAliveLimit,
          transfers,
          logQueueBytes,
          logLineBytes,
          derivationBytes,
          graphDerivations,
          idleConnectionAge,
          machinesFileInterval);
    }
  }

  private static void positive(Duration value, String name) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }

  private static void positive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }
}
