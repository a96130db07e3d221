package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.StoreDir;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

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
  private final Optional<EmbeddedMachineBuilder> local;

  private EmbeddedFarmBuilder(
      List<EmbeddedMachineBuilder> machines,
      Map<String, BuilderFunction> functions,
      StoreDir storeDir,
      Reach reach,
      Optional<EmbeddedMachineBuilder> local) {
    this.machines = machines;
    this.functions = functions;
    this.storeDir = storeDir;
    this.reach = reach;
    this.local = local;
  }

  static EmbeddedFarmBuilder empty() {
    return new EmbeddedFarmBuilder(
        List.of(), Map.of(), EmbeddedStore.DEFAULT_STORE_DIR, Reach.PIPES, Optional.empty());
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
    return new EmbeddedFarmBuilder(List.copyOf(more), functions, storeDir, reach, local);
  }

  /**
   * Lets every machine, and the hub, use a function for the derivations whose builder has this
   * name.
   */
  public EmbeddedFarmBuilder building(String builder, BuilderFunction function) {
    Map<String, BuilderFunction> more = new TreeMap<>(functions);
    more.put(builder, requireNonNull(function, "function"));
    return new EmbeddedFarmBuilder(machines, more, storeDir, reach, local);
  }

  /** Puts an ssh server before each machine, on a port of its own on the loopback address. */
  public EmbeddedFarmBuilder overSsh() {
    return new EmbeddedFarmBuilder(machines, functions, storeDir, Reach.SSH, local);
  }

  /**
   * Uses another logical store directory than {@link EmbeddedStore#DEFAULT_STORE_DIR}. Builders can
   * only be functions then.
   */
  public EmbeddedFarmBuilder storeDir(StoreDir other) {
    return new EmbeddedFarmBuilder(
        machines, functions, requireNonNull(other, "other"), reach, local);
  }

  /**
   * Lets the hub build too, as the local machine of the farm; once.
   *
   * @param describing describes the hub as a machine, beginning with one of which nothing is said
   */
  public EmbeddedFarmBuilder local(UnaryOperator<EmbeddedMachineBuilder> describing) {
    if (local.isPresent()) {
      throw new IllegalStateException("The local machine was described already");
    }
    return new EmbeddedFarmBuilder(
        machines,
        functions,
        storeDir,
        reach,
        Optional.of(describing.apply(EmbeddedMachine.named(EmbeddedHub.NAME))));
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

  /** The hub as a machine, if it is the local machine of the farm. */
  Optional<EmbeddedMachineBuilder> local() {
    return local;
  }

  /** The hub as a machine, whether the farm names it or not. */
  EmbeddedMachineBuilder hub() {
    return local.orElseGet(() -> EmbeddedMachine.named(EmbeddedHub.NAME)).knowing(functions);
  }

  StoreDir storeDir() {
    return storeDir;
  }

  Reach reach() {
    return reach;
  }
}
