package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Every machine's connections, shared by the entries of one store key. Safe for several threads.
 *
 * <p>The first line of a store key that is in order says how one logs in there. When a new list
 * says it otherwise, or names the key no longer, attempts that have begun go on with the
 * connections they know, and these are closed when the last such attempt is over.
 */
final class Machines implements AutoCloseable {
  /**
   * How machines are reached.
   *
   * @param ssh how those elsewhere are
   * @param local how this computer is
   * @param nanoTime tells how time passes
   */
  record Reach(Transport ssh, Transport local, LongSupplier nanoTime) {}

  /** The connections of one store key, and who needs them. */
  private static final class Kept {
    final Connections connections;

    /** Whether attempts may still begin with them. */
    boolean isListed;

    /** How many attempts are not over. */
    int users;

    Kept(Connections connections) {
      this.connections = connections;
    }

    boolean isDone() {
      return !isListed && users == 0;
    }
  }

  private final Reach reach;
  private final ConnectOptions connectOptions;
  private final SessionSettings sessionSettings;
  private final Executor helpers;
  private final ReentrantLock lock = new ReentrantLock();

  /** The first line in order of each store key on the list. */
  private Map<StoreKey, Machine> listed;

  private final Map<StoreKey, Kept> byKey = new HashMap<>();

  /** Those that are not in the map any more while attempts go on with them. */
  private final Set<Kept> outdated = new HashSet<>();

  private final IdentityHashMap<MachineAccess, Kept> users = new IdentityHashMap<>();
  private boolean isClosed;

  /**
   * Machines without any connection yet.
   *
   * @param helpers closes what is no longer needed
   */
  Machines(
      Farm farm,
      Reach reach,
      ConnectOptions connectOptions,
      SessionSettings sessionSettings,
      Executor helpers) {
    this.reach = reach;
    this.connectOptions = connectOptions;
    this.sessionSettings = sessionSettings;
    this.helpers = helpers;
    this.listed = firstLines(farm);
  }

  private static Map<StoreKey, Machine> firstLines(Farm farm) {
    Map<StoreKey, Machine> first = new HashMap<>();
    for (Machine machine : farm.machines()) {
      if (MachineAccess.objection(machine).isEmpty()) {
        first.putIfAbsent(machine.storeKey(), machine);
      }
    }
    return first;
  }

  /** What one attempt needs of its machine, until it is {@linkplain #release released}. */
  MachineAccess access(Machine machine) {
    lock.lock();
    try {
      Kept kept = kept(machine);
      if (isClosed) {
        kept.connections.close();
      }
      MachineAccess access =
          new MachineAccess(
              machine.name(), kept.connections, MachineAccess.command(machine), sessionSettings);
      kept.users++;
      users.put(access, kept);
      return access;
    } finally {
      lock.unlock();
    }
  }

  private Kept kept(Machine machine) {
    Optional<String> objection = MachineAccess.objection(machine);
    if (objection.isPresent()) {
      // Shared with nobody: other lines of the store key may well be in order.
      return new Kept(connections(machine, objecting(objection.get())));
    }
    StoreKey key = machine.storeKey();
    Kept kept = byKey.get(key);
    if (kept == null) {
      Machine line = listed.getOrDefault(key, machine);
      boolean isLocal = MachineAccess.isLocal(line.storeUri());
      kept = new Kept(connections(line, isLocal ? reach.local() : reach.ssh()));
      kept.isListed = listed.containsKey(key);
      byKey.put(key, kept);
    }
    return kept;
  }

  private Connections connections(Machine machine, Transport transport) {
    return new Connections(
        transport, MachineAccess.endpoint(machine), connectOptions, reach.nanoTime());
  }

  private static Transport objecting(String objection) {
    return (endpoint, options) -> {
      throw new TransportException(TransportProblem.MISCONFIGURED, objection);
    };
  }

  /** Notes that an attempt is over. Does nothing the second time. */
  void release(MachineAccess access) {
    Kept kept;
    lock.lock();
    try {
      kept = users.remove(access);
      if (kept == null) {
        return;
      }
      kept.users--;
      if (!kept.isDone()) {
        return;
      }
      byKey.values().remove(kept);
      outdated.remove(kept);
    } finally {
      lock.unlock();
    }
    helpers.execute(kept.connections::close);
  }

  /** Takes over another list: what it no longer names is closed as soon as nobody needs it. */
  void list(Farm farm) {
    List<Kept> done = new ArrayList<>();
    lock.lock();
    try {
      listed = firstLines(farm);
      for (Map.Entry<StoreKey, Kept> entry : List.copyOf(byKey.entrySet())) {
        Kept kept = entry.getValue();
        Machine line = listed.get(entry.getKey());
        boolean isAsBefore =
            line != null && isSameLogin(kept.connections.endpoint(), MachineAccess.endpoint(line));
        kept.isListed = isAsBefore;
        if (kept.isDone()) {
          byKey.remove(entry.getKey());
          done.add(kept);
        } else if (line != null && !isAsBefore) {
          byKey.remove(entry.getKey());
          outdated.add(kept);
        }
      }
    } finally {
      lock.unlock();
    }
    done.forEach(kept -> helpers.execute(kept.connections::close));
  }

  /** Whether both are reached and logged in to in the same way; what they are called is nothing. */
  private static boolean isSameLogin(Endpoint a, Endpoint b) {
    return a.user().equals(b.user())
        && a.host().equals(b.host())
        && a.port().equals(b.port())
        && a.identityFile().equals(b.identityFile())
        && a.publicHostKey().equals(b.publicHostKey())
        && a.isCompressed() == b.isCompressed();
  }

  void closeIdleFor(Duration age) {
    all().forEach(connections -> connections.closeIdleFor(age));
  }

  /** Of how many store keys, present and past, there may be connections. */
  int count() {
    return all().size();
  }

  private List<Connections> all() {
    lock.lock();
    try {
      List<Connections> all = new ArrayList<>();
      byKey.values().forEach(kept -> all.add(kept.connections));
      outdated.forEach(kept -> all.add(kept.connections));
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
    all().forEach(Connections::close);
  }
}
