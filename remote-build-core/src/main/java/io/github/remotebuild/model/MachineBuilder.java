package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A machine being described; made by {@link Machine#at(String)}.
 *
 * <p>Every call returns a new builder, so a half-finished one can be shared. What has one value can
 * be said once. Unsaid are: 1 job, speed factor 1, no features, no key. Immutable.
 *
 * @since 0.1
 */
public final class MachineBuilder {
  private final StoreUri storeUri;
  private final SortedSet<SystemType> systems;
  private final Optional<String> sshKey;
  private final OptionalInt maxJobs;
  private final OptionalDouble speedFactor;
  private final Features supported;
  private final Features mandatory;
  private final Optional<ByteString> publicHostKey;

  private MachineBuilder(
      StoreUri storeUri,
      SortedSet<SystemType> systems,
      Optional<String> sshKey,
      OptionalInt maxJobs,
      OptionalDouble speedFactor,
      Features supported,
      Features mandatory,
      Optional<ByteString> publicHostKey) {
    this.storeUri = storeUri;
    this.systems = systems;
    this.sshKey = sshKey;
    this.maxJobs = maxJobs;
    this.speedFactor = speedFactor;
    this.supported = supported;
    this.mandatory = mandatory;
    this.publicHostKey = publicHostKey;
  }

  static MachineBuilder at(StoreUri storeUri) {
    return new MachineBuilder(
        requireNonNull(storeUri, "storeUri"),
        Collections.emptySortedSet(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        Features.none(),
        Features.none(),
        Optional.empty());
  }

  /** Adds systems that the machine runs. */
  public MachineBuilder forSystems(SystemType... more) {
    return forSystems(Arrays.asList(more));
  }

  /** Adds systems that the machine runs, by name. */
  public MachineBuilder forSystems(String... more) {
    return forSystems(Arrays.stream(more).map(SystemType::of).toList());
  }

  /** Adds systems that the machine runs. */
  public MachineBuilder forSystems(Collection<SystemType> more) {
    SortedSet<SystemType> all = new TreeSet<>(systems);
    all.addAll(more);
    return new MachineBuilder(
        storeUri, all, sshKey, maxJobs, speedFactor, supported, mandatory, publicHostKey);
  }

  /** Says which private key file to log in with; once. */
  public MachineBuilder sshKey(String file) {
    refuseTwice("sshKey", sshKey, file);
    return new MachineBuilder(
        storeUri,
        systems,
        Optional.of(file),
        maxJobs,
        speedFactor,
        supported,
        mandatory,
        publicHostKey);
  }

  /** Says how many builds it takes at once; once. */
  public MachineBuilder maxJobs(int count) {
    refuseTwice("maxJobs", maxJobs.stream().boxed().findFirst(), count);
    return new MachineBuilder(
        storeUri,
        systems,
        sshKey,
        OptionalInt.of(count),
        speedFactor,
        supported,
        mandatory,
        publicHostKey);
  }

  /** Says how fast it is compared with the others; once. */
  public MachineBuilder speedFactor(double factor) {
    refuseTwice("speedFactor", speedFactor.stream().boxed().findFirst(), factor);
    return new MachineBuilder(
        storeUri,
        systems,
        sshKey,
        maxJobs,
        OptionalDouble.of(factor),
        supported,
        mandatory,
        publicHostKey);
  }

  /** Adds features that the machine has. */
  public MachineBuilder supporting(String... features) {
    return new MachineBuilder(
        storeUri,
        systems,
        sshKey,
        maxJobs,
        speedFactor,
        supported.plus(Features.of(features)),
        mandatory,
        publicHostKey);
  }

  /** Adds features that the machine has and that a build must ask for to come here. */
  public MachineBuilder insistingOn(String... features) {
    return new MachineBuilder(
        storeUri,
        systems,
        sshKey,
        maxJobs,
        speedFactor,
        supported,
        mandatory.plus(Features.of(features)),
        publicHostKey);
  }

  /**
   * Says which host key is the only one to accept, as {@code ssh-ed25519 AAAA…}; once.
   *
   * @throws IllegalArgumentException if {@code key} is not one line
   */
  public MachineBuilder publicHostKey(String key) {
    if (key.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("publicHostKey must be one line");
    }
    refuseTwice("publicHostKey", publicHostKey, key);
    return new MachineBuilder(
        storeUri,
        systems,
        sshKey,
        maxJobs,
        speedFactor,
        supported,
        mandatory,
        Optional.of(ByteString.of(key)));
  }

  /**
   * The machine.
   *
   * @throws IllegalArgumentException if no system was given or a number is out of range
   */
  public Machine build() {
    return new Machine(
        storeUri,
        systems,
        sshKey,
        maxJobs.orElse(1),
        speedFactor.orElse(1),
        supported,
        mandatory,
        publicHostKey);
  }

  private static void refuseTwice(String what, Optional<?> before, Object now) {
    if (before.isPresent()) {
      throw new IllegalStateException(
          what + " was already set to " + before.get() + ", cannot set it to " + now);
    }
  }
}
