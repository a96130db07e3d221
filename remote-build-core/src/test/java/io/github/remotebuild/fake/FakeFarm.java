package io.github.remotebuild.fake;

import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivationHashes;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A hub and machines in memory, and the transport that leads to them. */
public final class FakeFarm implements Transport {
  public static final String SYSTEM = "x86_64-linux";

  private final StoreDir storeDir;
  private final FakeMachine hub;
  private final Map<String, FakeMachine> machines = new TreeMap<>();
  private final List<Machine> entries = new ArrayList<>();
  private final Map<StorePath, Derivation> derivations = new ConcurrentHashMap<>();
  private final DerivationHashes hashes = DerivationHashes.over(derivations::get);

  public FakeFarm() {
    this(StoreDir.NIX);
  }

  public FakeFarm(StoreDir storeDir) {
    this.storeDir = storeDir;
    this.hub = new FakeMachine("hub", storeDir);
  }

  public FakeMachine hub() {
    return hub;
  }

  /** A machine that is new in the farm. */
  public FakeMachine machine(String host, int maxJobs) {
    FakeMachine machine = new FakeMachine(host, storeDir);
    machines.put(host, machine);
    entries.add(Machine.at("ssh://" + host).forSystems(SYSTEM).maxJobs(maxJobs).build());
    return machine;
  }

  /** Takes a machine out of the list. */
  public void withoutMachine(String host) {
    entries.removeIf(entry -> entry.name().equals(host));
  }

  public Farm farm() {
    return Farm.of(entries);
  }

  /** The hub as {@code RemoteBuilds} wants it. */
  public Store hubStore() {
    return new ServeStore("the hub", storeDir, toHub(), endpoint("hub"), ServeCommand.nixStore());
  }

  /** Leads to the hub, whoever is asked for. */
  public Transport toHub() {
    return (endpoint, options) -> hub.connect(options);
  }

  public static Endpoint endpoint(String host) {
    return new Endpoint(
        host,
        Optional.empty(),
        host,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  @Override
  public Connection connect(Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException {
    FakeMachine machine = machines.get(endpoint.host());
    if (machine == null) {
      throw new TransportException(
          TransportProblem.UNREACHABLE, "Could not connect to " + endpoint.host() + ": unknown");
    }
    return machine.connect(options);
  }

  /** A derivation in the hub, with one output and these inputs. */
  public StorePath derivation(String name, StorePath... inputs) {
    DerivationBuilder builder = DerivationBuilder.named(name).system(SYSTEM).builder("/bin/sh");
    for (StorePath input : inputs) {
      builder =
          input.isDerivation() ? builder.input(input, "out") : builder.sources(List.of(input));
    }
    return derivation(builder);
  }

  /** A derivation in the hub. */
  public StorePath derivation(DerivationBuilder builder) {
    Derivation derivation = builder.build(hashes);
    derivations.put(derivation.path(), derivation);
    return hub.store().add(derivation);
  }

  /** What an output of a derivation of ours is called. */
  public StorePath output(StorePath derivation, String name) {
    return derivations.get(derivation).outputs().get(name).path().orElseThrow();
  }

  /** What the only output of a derivation of ours is called. */
  public StorePath output(StorePath derivation) {
    return output(derivation, "out");
  }

  /** Lets go of whatever is held up by a hook. */
  public void openGates() {
    hub.openGates();
    machines.values().forEach(FakeMachine::openGates);
  }

  /** Steps in nowhere any longer. */
  public void undisturbed() {
    hub.undisturbed();
    machines.values().forEach(FakeMachine::undisturbed);
  }

  /** Whatever is still open, in words; empty if nothing is. */
  public List<String> leftOpen() {
    return Stream.concat(Stream.of(hub), machines.values().stream())
        .filter(m -> m.openConnections() + m.runningProcesses() > 0)
        .map(
            m ->
                m
                    + ": "
                    + m.openConnections()
                    + " connections, "
                    + m.runningProcesses()
                    + " processes")
        .toList();
  }
}
