package io.github.remotebuild.store;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.LocalTransport;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A store behind {@code nix-store --serve --write}, here or elsewhere. Immutable.
 *
 * @param name what messages call it
 * @param storeDir its logical store directory
 * @param transport how it is reached
 * @param endpoint where it is
 * @param command what is started there
 * @since 0.1
 */
public record ServeStore(
    String name, StoreDir storeDir, Transport transport, Endpoint endpoint, ServeCommand command)
    implements Store {
  /** Refuses null. */
  public ServeStore {
    requireNonNull(name, "name");
    requireNonNull(storeDir, "storeDir");
    requireNonNull(transport, "transport");
    requireNonNull(endpoint, "endpoint");
    requireNonNull(command, "command");
  }

  /** The store of this computer, in {@code /nix/store}: {@code nix-store} found on the path. */
  public static ServeStore local() {
    return local(ServeCommand.nixStore());
  }

  /** A store of this computer, in {@code /nix/store}, behind a command of one's own. */
  public static ServeStore local(ServeCommand command) {
    String name = command.store().map(uri -> "the store " + uri).orElse("the local store");
    return new ServeStore(
        name,
        StoreDir.NIX,
        LocalTransport.withDefaults(),
        new Endpoint(
            name,
            Optional.empty(),
            "localhost",
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            false),
        command);
  }

  @Override
  public StoreSession open(StderrSink stderr, ConnectOptions options, SessionSettings settings)
      throws TransportException, InterruptedException {
    Connection connection = new OneShotConnection(transport.connect(endpoint, options));
    try {
      return ServeSession.open(name, connection, command, stderr, settings.withStoreDir(storeDir));
    } catch (InterruptedException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Optional<Store> building() {
    return Optional.of(
        new ServeStore(name, storeDir, transport, endpoint, command.buildingThere()));
  }
}
