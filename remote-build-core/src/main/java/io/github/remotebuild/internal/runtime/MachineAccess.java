package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeSession;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How an attempt gets at its machine, and what is started there. */
sealed interface MachineAccess {
  /** What messages call it. */
  String name();

  /** Whether it is the hub itself, so that nothing is sent there or fetched from there. */
  boolean isHub();

  /** A way for one attempt, made by its own thread. */
  Way way() throws TransportException, InterruptedException;

  /**
   * A machine with connections of its own.
   *
   * @param name what messages call it
   * @param connections the connections that it shares with every entry of the same store key
   * @param command the store process
   * @param settings the bounds of a session
   * @param openingLimit how long starting the store process may take
   */
  record Connected(
      String name,
      Connections connections,
      ServeCommand command,
      SessionSettings settings,
      Duration openingLimit)
      implements MachineAccess {
    @Override
    public boolean isHub() {
      return false;
    }

    @Override
    public Way way() throws TransportException, InterruptedException {
      return new ConnectionWay(this, connections.borrow());
    }
  }

  /**
   * The local machine.
   *
   * @param name what messages call it
   * @param hub the hub, where it builds
   */
  record Hub(String name, HubMachine hub) implements MachineAccess {
    @Override
    public boolean isHub() {
      return true;
    }

    @Override
    public Way way() throws TransportException {
      return hub.way(name);
    }
  }

  /** A connection on loan. */
  record ConnectionWay(Connected machine, Connections.Loan loan) implements Way {
    @Override
    public boolean isReused() {
      return loan.isReused();
    }

    @Override
    public Duration openingLimit() {
      return machine.openingLimit;
    }

    @Override
    public StoreSession open(StderrSink log) throws InterruptedException {
      return ServeSession.open(
          machine.name, loan.connection(), machine.command, log, machine.settings);
    }

    @Override
    public void hangUp() {
      loan.connection().close();
    }

    @Override
    public void giveBack(boolean isClean) {
      if (isClean) {
        machine.connections.giveBack(loan.connection());
      } else {
        machine.connections.discard(loan.connection());
      }
    }

    @Override
    public void discardWithOthers() {
      machine.connections.discard(loan.connection());
      machine.connections.discardIdle();
    }
  }

  /** The name that Nix, too, takes for "no ssh at all". */
  String LOCALHOST = "localhost";

  /** Whether the machine is on this computer, so that no ssh is needed. */
  static boolean isOnThisComputer(StoreUri uri) {
    return !uri.isSsh()
        || (uri.user().isEmpty()
            && uri.port().isEmpty()
            && uri.host().equals(Optional.of(LOCALHOST)));
  }

  /** Where the machine is, and how one logs in; without the host key that is objected to. */
  static Endpoint endpoint(Machine machine) {
    StoreUri uri = machine.storeUri();
    Optional<String> hostKey =
        badHostKey(machine).isPresent() ? Optional.empty() : machine.pinnedHostKey();
    return new Endpoint(
        machine.name(),
        uri.user(),
        uri.host().orElse(LOCALHOST),
        uri.port(),
        machine.identityFile(),
        hostKey,
        uri.parameter("compress").filter(v -> v.equals("true") || v.equals("1")).isPresent());
  }

  static ServeCommand command(Machine machine) {
    StoreUri uri = machine.storeUri();
    ServeCommand command = ServeCommand.nixStore();
    if (uri.isSsh()) {
      Optional<List<String>> program =
          uri.parameter("remote-program")
              .map(words -> Arrays.asList(words.trim().split("\\s+")))
              .filter(words -> !words.get(0).isEmpty());
      if (program.isPresent()) {
        command = command.withProgram(program.get());
      }
      Optional<String> store = uri.parameter("remote-store").filter(s -> !s.isEmpty());
      return store.isPresent() ? command.onStore(store.get()) : command;
    }
    // A build on this computer must not be delegated a second time.
    return command.buildingThere().onStore(uri.toString());
  }

  /** What is wrong with the host key, if something is. */
  private static Optional<String> badHostKey(Machine machine) {
    try {
      machine.pinnedHostKey();
      return Optional.empty();
    } catch (FormatException e) {
      return Optional.of("Could not use " + machine.name() + ": " + e.getMessage());
    }
  }

  /** Why the machine cannot be used as its line is, or by this release, if it cannot. */
  static Optional<String> objection(Machine machine) {
    StoreUri uri = machine.storeUri();
    Optional<String> badHostKey = badHostKey(machine);
    if (badHostKey.isPresent()) {
      return badHostKey;
    }
    if (uri.scheme().equals("ssh-ng") && uri.parameter("remote-program").isPresent()) {
      return Optional.of(
          "Could not use "
              + machine.name()
              + ": its remote-program is a daemon, and only 'nix-store --serve' is spoken so far;"
              + " write ssh:// and the path of nix-store instead");
    }
    boolean isStoreUri =
        uri.isSsh()
            || uri.scheme().equals("local")
            || uri.scheme().equals("auto")
            || uri.scheme().equals("daemon")
            || uri.scheme().equals("unix");
    return isStoreUri
        ? Optional.empty()
        : Optional.of(
            "Could not use "
                + machine.name()
                + ": stores of kind '"
                + uri.scheme()
                + "' cannot build; expected ssh://, ssh-ng:// or a local store");
  }
}
