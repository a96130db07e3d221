package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.StoreDir;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An embedded farm being described. Each method gives a new description; one is immutable and can
 * be shared, and started any number of times.
 *
 * @since 0.1
 */
public final class EmbeddedFarmBuilder {
  /** Whether there are ssh servers. */
  enum Reach {
    PIPES,
    SSH
  }

  private final List<EmbeddedMachineBuilder> machines;
  private final Map<String, BuilderFunction> functions;
  private final StoreDir storeDir;
  private final Reach reach;

  private EmbeddedFarmBuilder(
      List<EmbeddedMachineBuilder> machines,
      Map<String, BuilderFunction> functions,
      StoreDir storeDir,
      Reach reach) {
    this.machines = machines;
    this.functions = functions;
    this.storeDir = storeDir;
    this.reach = reach;
  }

  static EmbeddedFarmBuilder empty() {
    return new EmbeddedFarmBuilder(
        List.of(), Map.of(), EmbeddedStore.DEFAULT_STORE_DIR, Reach.PIPES);
  }

  /** Adds a machine of which nothing but its name is said. */
  public EmbeddedFarmBuilder machine(String name) {
    return machine(EmbeddedMachine.named(name));
  }

  /**
   * Adds a machine.
   *
   * @throws IllegalArgumentException if there is one of that name
   */
  public EmbeddedFarmBuilder machine(EmbeddedMachineBuilder machine) {
    if (machines.stream().anyMatch(other -> other.name().equals(machine.name()))
        || machine.name().equals(EmbeddedHub.NAME)) {
      throw new IllegalArgumentException("There is a machine '" + machine.name() + "' already");
    }
    List<EmbeddedMachineBuilder> more = new ArrayList<>(machines);
    more.add(machine);
    return new EmbeddedFarmBuilder(List.copyOf(more), functions, storeDir, reach);
  }

  /** Lets every machine use a function for the derivations whose builder has this name. */
  public EmbeddedFarmBuilder building(String builder, BuilderFunction function) {
    Map<String, BuilderFunction> more = new TreeMap<>(functions);
    more.put(builder, requireNonNull(function, "function"));
    return new EmbeddedFarmBuilder(machines, more, storeDir, reach);
  }

  /** Puts an ssh server before each machine, on a port of its own on the loopback address. */
  public EmbeddedFarmBuilder overSsh() {
    return new EmbeddedFarmBuilder(machines, functions, storeDir, Reach.SSH);
  }

  /**
   * Uses another logical store directory than {@link EmbeddedStore#DEFAULT_STORE_DIR}. Builders can
   * only be functions then.
   */
  public EmbeddedFarmBuilder storeDir(StoreDir other) {
    return new EmbeddedFarmBuilder(machines, functions, requireNonNull(other, "other"), reach);
  }

  /**
   * Starts the farm, which the caller closes.
   *
   * @throws java.io.UncheckedIOException if there is no room for it
   */
  public EmbeddedFarm start() {
    return EmbeddedFarm.start(this);
  }

  List<EmbeddedMachineBuilder> machines() {
    return machines.stream().map(machine -> machine.knowing(functions)).toList();
  }

  StoreDir storeDir() {
    return storeDir;
  }

  Reach reach() {
    return reach;
  }
}
