package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a build asks of a machine.
 *
 * <p>Begin with {@link #forSystem(String)} and add to it; every call returns another demand.
 * Immutable.
 *
 * @param system the system the derivation is for
 * @param requiredFeatures the features the machine must have: {@code requiredSystemFeatures}
 * @param localPreference whether the derivation would rather be built locally
 * @param wishedLocality what the request says of the local machine; empty if it leaves that to the
 *     derivation
 * @param rules which machines the request itself allows; all rules must admit a machine
 * @since 0.1
 */
public record Demand(
    SystemType system,
    Features requiredFeatures,
    LocalPreference localPreference,
    Optional<Locality> wishedLocality,
    List<MachineRule> rules) {
  /** Copies the rules. */
  public Demand {
    requireNonNull(system, "system");
    requireNonNull(requiredFeatures, "requiredFeatures");
    requireNonNull(localPreference, "localPreference");
    requireNonNull(wishedLocality, "wishedLocality");
    rules = List.copyOf(rules);
  }

  /** A demand for {@code system} and nothing else. */
  public static Demand forSystem(SystemType system) {
    return new Demand(system, Features.none(), LocalPreference.NONE, Optional.empty(), List.of());
  }

  /**
   * A demand for the system called {@code system} and nothing else.
   *
   * @throws IllegalArgumentException if that is no system type
   */
  public static Demand forSystem(String system) {
    return forSystem(SystemType.of(system));
  }

  /** This demand, requiring these features too. */
  public Demand requiring(String... features) {
    return requiring(Features.of(features));
  }

  /** This demand, requiring these features too. */
  public Demand requiring(Features features) {
    return new Demand(
        system, requiredFeatures.plus(features), localPreference, wishedLocality, rules);
  }

  /** This demand of a derivation that would rather be built locally. */
  public Demand preferringLocal() {
    return new Demand(
        system, requiredFeatures, LocalPreference.PREFERS_LOCAL, wishedLocality, rules);
  }

  /** This demand of a request that says what the local machine is to it. */
  public Demand placing(Locality wish) {
    return new Demand(system, requiredFeatures, localPreference, Optional.of(wish), rules);
  }

  /**
   * What the local machine is to this build: what the request says, and if it does not, {@link
   * Locality#LOCAL_FIRST} for a derivation that prefers to be built locally and {@link
   * Locality#ANY} for any other.
   */
  public Locality locality() {
    return wishedLocality.orElse(
        localPreference == LocalPreference.PREFERS_LOCAL ? Locality.LOCAL_FIRST : Locality.ANY);
  }

  /** This demand, allowing only machines with one of these {@linkplain Machine#name() names}. */
  public Demand usingOnly(String... names) {
    return obeying(MachineRule.only(Arrays.asList(names)));
  }

  /** This demand, allowing no machine with one of these {@linkplain Machine#name() names}. */
  public Demand refusing(String... names) {
    return obeying(MachineRule.except(Arrays.asList(names)));
  }

  /** This demand with one more rule. */
  public Demand obeying(MachineRule rule) {
    List<MachineRule> more = new ArrayList<>(rules);
    more.add(rule);
    return new Demand(system, requiredFeatures, localPreference, wishedLocality, more);
  }

  /** This demand without any rule about machines. */
  public Demand withoutRules() {
    return new Demand(system, requiredFeatures, localPreference, wishedLocality, List.of());
  }

  /** Whether every rule of this demand admits {@code machine}. */
  public boolean admits(Machine machine) {
    for (int i = 0; i < rules.size(); i++) {
      if (!rules.get(i).admits(machine)) {
        return false;
      }
    }
    return true;
  }

  /** Such as {@code x86_64-linux with features big-parallel, kvm}. */
  @Override
  public String toString() {
    return requiredFeatures.isEmpty()
        ? system.name()
        : system.name()
            + (requiredFeatures.size() == 1 ? " with feature " : " with features ")
            + String.join(", ", requiredFeatures);
  }
}
