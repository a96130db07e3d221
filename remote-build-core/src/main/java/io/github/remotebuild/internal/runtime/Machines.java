package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Every machine's connections, shared by the entries of one store key, and the local machine, which
 * needs none. Safe for several threads.
 */
final class Machines implements AutoCloseable {
  private final EngineSettings settings;
  private final ConnectOptions connectOptions;
  private final SessionSettings sessionSettings;
  private final HubMachine hub;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<StoreKey, Connections> byKey = new HashMap<>();
  private boolean isClosed;

  Machines(
      EngineSettings settings,
      ConnectOptions connectOptions,
      SessionSettings sessionSettings,
      Duration openingLimit) {
    this.settings = settings;
    this.connectOptions = connectOptions;
    this.sessionSettings = sessionSettings;
    this.hub = new HubMachine(settings.hub(), connectOptions, sessionSettings, openingLimit);
  }

  MachineAccess access(Machine machine) {
    if (machine.isLocal()) {
      return new MachineAccess.Hub(machine.name(), hub);
    }
    return new MachineAccess.Connected(
        machine.name(),
        connections(machine),
        MachineAccess.command(machine),
        sessionSettings,
        settings.limits().handshakeTimeout());
  }

  private Connections connections(Machine machine) {
    lock.lock();
    try {
      Connections found =
          byKey.computeIfAbsent(
              machine.storeKey(),
              key ->
                  new Connections(
                      transport(machine),
                      MachineAccess.endpoint(machine),
                      connectOptions,
                      settings.nanoTime()));
      if (isClosed) {
        found.close();
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  private Transport transport(Machine machine) {
    Optional<String> objection = MachineAccess.objection(machine);
    if (objection.isPresent()) {
      return (endpoint, options) -> {
        throw new TransportException(TransportProblem.MISCONFIGURED, objection.get());
      };
    }
    return MachineAccess.isOnThisComputer(machine.storeUri()) ? settings.local() : settings.ssh();
  }

  void closeIdleFor(Duration age) {
    all().forEach(connections -> connections.closeIdleFor(age));
  }

  private List<Connections> all() {
    lock.lock();
    try {
      return List.copyOf(byKey.values());
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
    hub.close();
  }
}
