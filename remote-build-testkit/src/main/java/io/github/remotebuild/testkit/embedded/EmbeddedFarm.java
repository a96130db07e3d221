package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A farm inside this process: build machines and a hub, for tests of programs that build with
 * {@code remote-build}. It needs no Nix, no root and no network.
 *
 * <pre>{@code
 * try (EmbeddedFarm farm =
 *     EmbeddedFarm.builder()
 *         .machine("a")
 *         .machine(EmbeddedMachine.named("b").suffering(Fault.cutAfterBytes(10_000)))
 *         .start()) {
 *   StorePath hello = farm.shellDerivation("hello", "echo hello > $out");
 *   try (RemoteBuilds builds =
 *       RemoteBuilds.on(farm.farm())
 *           .connectingWith(farm.transport())
 *           .hub(farm.hub())
 *           .open()) {
 *     BuildOutcome outcome = builds.build(BuildRequest.of(hello));
 *   }
 * }
 * }</pre>
 *
 * <p>Closing it ends every thread, process and server, deletes every file, and fails with an {@link
 * AssertionError} if something would not go, or if a client did to a machine or to the hub what the
 * protocol does not allow; the message tells the whole story. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class EmbeddedFarm implements AutoCloseable {
  private final EmbeddedFarmBuilder described;
  private final Path directory;
  private final Map<String, EmbeddedMachine> machines = new LinkedHashMap<>();
  private final EmbeddedMachine hubMachine;
  private final EmbeddedHub hub;
  private final Optional<SshSide> ssh;
  private volatile int forgiven;
  private boolean isClosed;

  private EmbeddedFarm(EmbeddedFarmBuilder described, Path directory) {
    this.described = described;
    this.directory = directory;
    for (EmbeddedMachineBuilder machine : described.machines()) {
      machines.put(machine.name(), start(machine));
    }
    hubMachine = start(described.hub());
    hub = new EmbeddedHub(hubMachine);
    ssh =
        described.reach() == EmbeddedFarmBuilder.Reach.SSH
            ? Optional.of(new SshSide(machines.values(), directory))
            : Optional.empty();
  }

  private EmbeddedMachine start(EmbeddedMachineBuilder machine) {
    Path home = directory.resolve(machine.name());
    EmbeddedStore store = EmbeddedStore.create(home.resolve("store"), described.storeDir());
    return new EmbeddedMachine(machine, store, home);
  }

  /** Begins to describe a farm; without a word it has no machines. */
  public static EmbeddedFarmBuilder builder() {
    return EmbeddedFarmBuilder.empty();
  }

  static EmbeddedFarm start(EmbeddedFarmBuilder described) {
    try {
      return new EmbeddedFarm(described, Files.createTempDirectory("embedded-farm-").toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make a directory for an embedded farm", e);
    }
  }

  /**
   * The machines as {@link RemoteBuilds} wants them, each called by its name alone, and at the end
   * the {@linkplain EmbeddedFarmBuilder#local local} one, called {@code local}, if there is one.
   */
  public Farm farm() {
    Farm farm =
        Farm.of(described.machines().stream().map(m -> m.at("ssh://" + m.name()).build()).toList());
    return described.local().map(local -> farm.with(local.at("local").build())).orElse(farm);
  }

  /** Reaches the machines of {@link #farm()} over pipes in memory. */
  public Transport transport() {
    return new PipeTransport(name -> Optional.ofNullable(machines.get(name)));
  }

  /**
   * Reaches the machines of {@link #farm()} by ssh: their names are resolved here, and {@code
   * transport} does the rest.
   *
   * @throws IllegalStateException if the farm was not started {@linkplain
   *     EmbeddedFarmBuilder#overSsh over ssh}
   */
  public Transport transport(Transport transport) {
    return sshSide().resolving(transport, machines);
  }

  /**
   * The machines with their addresses and keys, for a program that reaches them by itself; without
   * the local one, as such a program has a hub of its own.
   *
   * @throws IllegalStateException if the farm was not started over ssh
   */
  public Farm sshFarm() {
    return Farm.of(described.machines().stream().map(sshSide()::machine).toList());
  }

  /**
   * A private key file that every machine lets in, as the user {@code builder}.
   *
   * @throws IllegalStateException if the farm was not started over ssh
   */
  public Path identity() {
    return sshSide().identity();
  }

  /**
   * A known hosts file with the keys of all machines.
   *
   * @throws IllegalStateException if the farm was not started over ssh
   */
  public Path knownHosts() {
    return sshSide().knownHosts();
  }

  private SshSide sshSide() {
    return ssh.orElseThrow(
        () ->
            new IllegalStateException(
                "This embedded farm has no ssh servers; describe it with overSsh()"));
  }

  /** The hub: holds the derivations and receives the results. */
  public EmbeddedHub hub() {
    return hub;
  }

  /** Begins to describe a {@link RemoteBuilds} on this farm, over pipes in memory. */
  public RemoteBuildsBuilder remoteBuilds() {
    return RemoteBuilds.on(farm()).connectingWith(transport()).hub(hub());
  }

  /**
   * The machine of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public EmbeddedMachine machine(String name) {
    EmbeddedMachine machine = machines.get(name);
    if (machine == null) {
      throw new IllegalArgumentException("There is no machine '" + name + "' in " + machines);
    }
    return machine;
  }

  /** All machines but the hub, in the order in which they were described. */
  public List<EmbeddedMachine> machines() {
    return List.copyOf(machines.values());
  }

  /** The logical store directory, the same for the hub and all machines. */
  public StoreDir storeDir() {
    return described.storeDir();
  }

  /** Begins a derivation in {@link #storeDir()}; give it to {@link #add}. */
  public DerivationBuilder derivation(String name) {
    return DerivationBuilder.named(name, storeDir());
  }

  /** Finishes a derivation and adds it to the hub, where its inputs must be. */
  public StorePath add(DerivationBuilder derivation) {
    return hub.store().addDerivation(derivation);
  }

  /**
   * Adds a derivation to the hub that runs a script with {@code /bin/sh} on {@link
   * EmbeddedMachineBuilder#DEFAULT_SYSTEM}, with the usual programs on its path.
   *
   * @param inputs derivations, whose output {@code out} it needs, and other store paths
   */
  public StorePath shellDerivation(String name, String script, StorePath... inputs) {
    DerivationBuilder building =
        derivation(name)
            .system(EmbeddedMachineBuilder.DEFAULT_SYSTEM)
            .builder("/bin/sh")
            .arguments("-e", "-c", script)
            .environment("PATH", "/usr/local/bin:/usr/bin:/bin");
    for (StorePath input : inputs) {
      building = input.isDerivation() ? building.input(input) : building.sources(List.of(input));
    }
    return add(building);
  }

  /** The path of the output {@code out} of a derivation in the hub. */
  public StorePath output(StorePath derivation) {
    return output(derivation, "out");
  }

  /**
   * The path of an output of a derivation in the hub.
   *
   * @throws IllegalArgumentException if it has none of that name, or its path is not known
   */
  public StorePath output(StorePath derivation, String name) {
    return Optional.ofNullable(hub.store().derivation(derivation).outputs().get(name))
        .flatMap(DerivationOutput::path)
        .orElseThrow(
            () -> new IllegalArgumentException(derivation + " has no known output '" + name + "'"));
  }

  /** What the hub and all machines were told and did, as text. */
  public String story() {
    return Stream.concat(Stream.of(hubMachine), machines.values().stream())
        .map(EmbeddedMachine::story)
        .collect(Collectors.joining("\n"));
  }

  /** What clients did to the hub or to a machine that the protocol does not allow. */
  public List<String> violations() {
    return Stream.concat(Stream.of(hubMachine), machines.values().stream())
        .flatMap(machine -> machine.violations().stream().map(v -> machine.name() + ": " + v))
        .toList();
  }

  /**
   * Takes note of the violations so far: {@link #close} does not fail because of them. For tests
   * that break the rules on purpose.
   *
   * @return what was forgiven
   */
  public List<String> forgive() {
    List<String> all = violations();
    forgiven = all.size();
    return all;
  }

  /**
   * Ends and deletes all of it. Does nothing the second time.
   *
   * @throws AssertionError if something would not go, or a client broke the rules
   */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    String told = story();
    List<String> broken = violations().size() > forgiven ? violations() : List.of();
    List<String> left = new ArrayList<>();
    ssh.ifPresent(SshSide::close);
    try {
      for (EmbeddedMachine machine : machines.values()) {
        left.addAll(machine.close());
      }
      left.addAll(hubMachine.close());
      StoreFiles.delete(directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      left.add("the thread that closed the farm was interrupted");
    } catch (IOException e) {
      left.add("files in " + directory + ": " + e);
    }
    if (!broken.isEmpty() || !left.isEmpty()) {
      throw new AssertionError(
          lines("An embedded farm was asked what the protocol does not allow", broken)
              + lines("An embedded farm could not get rid of", left)
              + "\nThe story:\n"
              + told);
    }
  }

  private static String lines(String title, List<String> lines) {
    return lines.isEmpty() ? "" : "\n" + title + ":\n  " + String.join("\n  ", lines);
  }

  @Override
  public String toString() {
    return "embedded farm " + Collections.unmodifiableCollection(machines.values());
  }
}
