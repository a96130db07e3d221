package io.github.remotebuild;

import java.time.Duration;

/**
 * Every bound that the library keeps by itself, in one place. Immutable; each {@code with} method
 * returns a changed copy.
 *
 * @param connectTimeout reaching a machine, up to its first answer; default 15 s
 * @param authenticateTimeout agreeing on keys and logging in; default 30 s
 * @param handshakeTimeout starting the remote store process; default 30 s
 * @param queryTimeout one question to a store; default 2 min
 * @param planTimeout all questions to the hub before the first build; default 10 min. Substitution
 *     in the hub happens here.
 * @param transferStallTimeout sending or fetching without a single byte moving; default 2 min
 * @param fetchWaitTimeout waiting for a permit to fetch; default 1 h
 * @param closeGrace how long a remote process may take to end by itself; default 2 s
 * @param keepAliveInterval how often a silent machine is asked for a sign of life; default 15 s
 * @param keepAliveLimit how many times it may stay silent; default 3
 * @param transfers how many transfers from or to the hub run at once; default 4
 * @param logQueueBytes how much log waits for a listener before lines are dropped; default 4 MiB
 * @param logLineBytes the longest log line that is passed on whole; longer ones are split; default
 *     64 KiB
 * @param derivationBytes the largest {@code .drv} file; default 64 MiB
 * @param graphDerivations the most derivations that one request may have to look at; default
 *     1,000,000
 * @param idleConnectionAge how long an unused connection is kept; default 5 min
 * @since 0.1
 */
public record Limits(
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
    Duration idleConnectionAge) {
  private static final Limits DEFAULTS =
      new Limits(
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
          Duration.ofMinutes(5));

  /** Checks that every bound is positive. */
  public Limits {
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
  }

  /** The defaults named above. */
  public static Limits defaults() {
    return DEFAULTS;
  }

  /** The same with another {@code connectTimeout}. */
  public Limits withConnectTimeout(Duration value) {
    return new Limits(
        value,
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
        idleConnectionAge);
  }

  /** The same with another {@code authenticateTimeout}. */
  public Limits withAuthenticateTimeout(Duration value) {
    return new Limits(
        connectTimeout,
        value,
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
        idleConnectionAge);
  }

  /** The same with another {@code handshakeTimeout}. */
  public Limits withHandshakeTimeout(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        value,
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
        idleConnectionAge);
  }

  /** The same with another {@code queryTimeout}. */
  public Limits withQueryTimeout(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        value,
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
        idleConnectionAge);
  }

  /** The same with another {@code planTimeout}. */
  public Limits withPlanTimeout(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        queryTimeout,
        value,
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
        idleConnectionAge);
  }

  /** The same with another {@code transferStallTimeout}. */
  public Limits withTransferStallTimeout(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        queryTimeout,
        planTimeout,
        value,
        fetchWaitTimeout,
        closeGrace,
        keepAliveInterval,
        keepAliveLimit,
        transfers,
        logQueueBytes,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code fetchWaitTimeout}. */
  public Limits withFetchWaitTimeout(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        queryTimeout,
        planTimeout,
        transferStallTimeout,
        value,
        closeGrace,
        keepAliveInterval,
        keepAliveLimit,
        transfers,
        logQueueBytes,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code closeGrace}. */
  public Limits withCloseGrace(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        queryTimeout,
        planTimeout,
        transferStallTimeout,
        fetchWaitTimeout,
        value,
        keepAliveInterval,
        keepAliveLimit,
        transfers,
        logQueueBytes,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code keepAliveInterval}. */
  public Limits withKeepAliveInterval(Duration value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        queryTimeout,
        planTimeout,
        transferStallTimeout,
        fetchWaitTimeout,
        closeGrace,
        value,
        keepAliveLimit,
        transfers,
        logQueueBytes,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code keepAliveLimit}. */
  public Limits withKeepAliveLimit(int value) {
    return new Limits(
        connectTimeout,
        authenticateTimeout,
        handshakeTimeout,
        queryTimeout,
        planTimeout,
        transferStallTimeout,
        fetchWaitTimeout,
        closeGrace,
        keepAliveInterval,
        value,
        transfers,
        logQueueBytes,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code transfers}. */
  public Limits withTransfers(int value) {
    return new Limits(
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
        value,
        logQueueBytes,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code logQueueBytes}. */
  public Limits withLogQueueBytes(long value) {
    return new Limits(
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
        value,
        logLineBytes,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code logLineBytes}. */
  public Limits withLogLineBytes(int value) {
    return new Limits(
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
        value,
        derivationBytes,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code derivationBytes}. */
  public Limits withDerivationBytes(long value) {
    return new Limits(
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
        value,
        graphDerivations,
        idleConnectionAge);
  }

  /** The same with another {@code graphDerivations}. */
  public Limits withGraphDerivations(int value) {
    return new Limits(
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
        value,
        idleConnectionAge);
  }

  /** The same with another {@code idleConnectionAge}. */
  public Limits withIdleConnectionAge(Duration value) {
    return new Limits(
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
        value);
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
