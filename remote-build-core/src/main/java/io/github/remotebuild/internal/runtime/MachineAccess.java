package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreUri;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.transport.Endpoint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a machine is reached and what is started there.
 *
 * @param name what messages call it
 * @param connections the connections that it shares with every entry of the same store key
 * @param command the store process
 * @param settings the bounds of a session
 */
record MachineAccess(
    String name, Connections connections, ServeCommand command, SessionSettings settings) {
  /** The name that Nix, too, takes for "no ssh at all". */
  private static final String LOCALHOST = "localhost";

  /** Whether the machine is this computer, so that no ssh is needed. */
  static boolean isLocal(StoreUri uri) {
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
    ServeCommand local = command.buildingThere();
    String text = uri.toString();
    boolean isDefault = text.isEmpty() || text.equals("auto") || text.equals("local");
    return isDefault ? local : local.onStore(text);
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
