package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The hub of an embedded farm: a store inside this process, reached over pipes in memory.
 *
 * <p>Safe for use by several threads.
 *
 * @since 0.1
 */
public final class EmbeddedHub implements Store {
  /** What messages call it. */
  static final String NAME = "the-hub";

  private final EmbeddedMachine machine;
  private final Store store;

  EmbeddedHub(EmbeddedMachine machine) {
    this.machine = machine;
    this.store = called("the embedded hub");
  }

  /** The same hub under another name, for tests of what messages say. */
  public Store called(String name) {
    return new ServeStore(
        name,
        machine.store().storeDir(),
        new PipeTransport(host -> Optional.of(machine)),
        new Endpoint(
            name,
            Optional.empty(),
            NAME,
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            false),
        ServeCommand.nixStore());
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public StoreDir storeDir() {
    return store.storeDir();
  }

  @Override
  public StoreSession open(StderrSink stderr, ConnectOptions options, SessionSettings settings)
      throws TransportException, InterruptedException {
    return store.open(stderr, options, settings);
  }

  @Override
  public Optional<Store> building() {
    return store.building();
  }

  /** What is in it. */
  public EmbeddedStore store() {
    return machine.store();
  }

  /** The machine that it is, with its story and its faults. */
  public EmbeddedMachine machine() {
    return machine;
  }

  @Override
  public String toString() {
    return name();
  }
}
