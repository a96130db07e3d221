package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.testkit.fault.FaultPlan;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * An embedded machine being described. Each method gives a new description; one is immutable and
 * can be shared. What has one value can be said once.
 *
 * <p>Unsaid are: {@link #DEFAULT_SYSTEM}, 1 job, speed factor 1, no features, serve protocol 2.7,
 * no faults.
 *
 * @since 0.1
 */
public final class EmbeddedMachineBuilder {
  /** The system of a machine of which nothing is said, whatever this computer is. */
  public static final String DEFAULT_SYSTEM = "x86_64-linux";

  private static final int NEWEST_MINOR = 7;

  /** The parts; changed only while a copy is being made. */
  private static final class Parts {
    String name = "";
    TreeSet<SystemType> systems = new TreeSet<>();
    Optional<Integer> maxJobs = Optional.empty();
    Optional<Double> speedFactor = Optional.empty();
    Optional<Integer> serveMinor = Optional.empty();
    Features supported = Features.none();
    Features mandatory = Features.none();
    Map<String, BuilderFunction> functions = new TreeMap<>();
    FaultPlan plan = FaultPlan.none();

    Parts copy() {
      Parts copy = new Parts();
      copy.name = name;
      copy.systems = new TreeSet<>(systems);
      copy.maxJobs = maxJobs;
      copy.speedFactor = speedFactor;
      copy.serveMinor = serveMinor;
      copy.supported = supported;
      copy.mandatory = mandatory;
      copy.functions = new TreeMap<>(functions);
      copy.plan = plan;
      return copy;
    }
  }

  private final Parts parts;

  private EmbeddedMachineBuilder(Parts parts) {
    this.parts = parts;
  }

  static EmbeddedMachineBuilder named(String name) {
    if (!requireNonNull(name, "name").matches("[a-z][a-z0-9-]{0,62}") || name.equals("localhost")) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot be the name of an embedded machine: use letters and digits");
    }
    Parts parts = new Parts();
    parts.name = name;
    return new EmbeddedMachineBuilder(parts);
  }

  private EmbeddedMachineBuilder with(Consumer<Parts> change) {
    Parts changed = parts.copy();
    change.accept(changed);
    return new EmbeddedMachineBuilder(changed);
  }

  private static <T> Optional<T> once(String what, Optional<T> before, T now) {
    if (before.isPresent()) {
      throw new IllegalStateException(
          what + " was already set to " + before.get() + ", cannot set it to " + now);
    }
    return Optional.of(now);
  }

  /** Adds systems that the machine says it runs, by name; they need not be this computer's. */
  public EmbeddedMachineBuilder forSystems(String... more) {
    return with(p -> Arrays.stream(more).forEach(name -> p.systems.add(SystemType.of(name))));
  }

  /** Says how many builds it takes at once; once. */
  public EmbeddedMachineBuilder maxJobs(int count) {
    return with(p -> p.maxJobs = once("maxJobs", p.maxJobs, count));
  }

  /** Says how fast it claims to be compared with the others; once. */
  public EmbeddedMachineBuilder speedFactor(double factor) {
    return with(p -> p.speedFactor = once("speedFactor", p.speedFactor, factor));
  }

  /** Adds features that the machine has. */
  public EmbeddedMachineBuilder supporting(String... features) {
    return with(p -> p.supported = p.supported.plus(Features.of(features)));
  }

  /** Adds features that the machine has and that a build must ask for to come here. */
  public EmbeddedMachineBuilder insistingOn(String... features) {
    return with(p -> p.mandatory = p.mandatory.plus(Features.of(features)));
  }

  /**
   * Says which version of the serve protocol its store process speaks, 2.1 to 2.7; once.
   *
   * @param minor the number after {@code 2.}
   */
  public EmbeddedMachineBuilder speakingServe(int minor) {
    if (minor < 1 || minor > NEWEST_MINOR) {
      throw new IllegalArgumentException("Versions 2.1 to 2.7 are spoken here, not 2." + minor);
    }
    return with(p -> p.serveMinor = once("the serve version", p.serveMinor, minor));
  }

  /** Uses a function for the derivations whose builder has this name. */
  public EmbeddedMachineBuilder building(String builder, BuilderFunction function) {
    return with(p -> p.functions.put(builder, requireNonNull(function, "function")));
  }

  /** Lets every connection suffer this too. */
  public EmbeddedMachineBuilder suffering(Fault fault) {
    return suffering(fault.always());
  }

  /** Lets connections suffer this too. */
  public EmbeddedMachineBuilder suffering(FaultPlan more) {
    return with(p -> p.plan = p.plan.and(more));
  }

  /** The same with functions that every machine of a farm has; its own win. */
  EmbeddedMachineBuilder knowing(Map<String, BuilderFunction> functions) {
    return with(p -> functions.forEach(p.functions::putIfAbsent));
  }

  String name() {
    return parts.name;
  }

  SortedSet<SystemType> systems() {
    return parts.systems.isEmpty()
        ? new TreeSet<>(java.util.List.of(SystemType.of(DEFAULT_SYSTEM)))
        : parts.systems;
  }

  Features features() {
    return parts.supported.plus(parts.mandatory);
  }

  Map<String, BuilderFunction> functions() {
    return parts.functions;
  }

  FaultPlan plan() {
    return parts.plan;
  }

  int serveVersion() {
    return 0x200 | parts.serveMinor.orElse(NEWEST_MINOR);
  }

  /** The line of a machines file for it, but for keys. */
  MachineBuilder at(String uri) {
    return Machine.at(uri)
        .forSystems(systems())
        .maxJobs(parts.maxJobs.orElse(1))
        .speedFactor(parts.speedFactor.orElse(1.0))
        .supporting(parts.supported.names().toArray(new String[0]))
        .insistingOn(parts.mandatory.names().toArray(new String[0]));
  }

  /** The name. */
  @Override
  public String toString() {
    return parts.name;
  }
}
