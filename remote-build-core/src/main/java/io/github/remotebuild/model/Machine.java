package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Base64;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One machine that builds: one line of a machines file.
 *
 * <p>The columns and their meaning are Nix's ({@code src/libstore/machines.cc}, Nix 2.8 to 2.34).
 * Begin with {@link #at(String)}; the record's constructor is for code that has all eight columns.
 * Immutable.
 *
 * @param storeUri where its store is
 * @param systems what it runs; at least one, sorted
 * @param sshKey the private key to log in with, as written: the third column
 * @param maxJobs how many builds it takes at once; 0 means that it is of the right kind for its
 *     systems and never takes one
 * @param speedFactor how fast it is compared with the others; greater than 0 and finite
 * @param supportedFeatures the features it has besides the mandatory ones
 * @param mandatoryFeatures the features a build must ask for to come here; it has these too
 * @param publicHostKey its public host key in the form {@code ssh-ed25519 AAAA…}; the last column,
 *     decoded. Nix does not look at the bytes, so they need not be a key, nor text; for connecting
 *     take {@link #pinnedHostKey()}
 * @since 0.1
 */
public record Machine(
    StoreUri storeUri,
    SortedSet<SystemType> systems,
    Optional<String> sshKey,
    int maxJobs,
    double speedFactor,
    Features supportedFeatures,
    Features mandatoryFeatures,
    Optional<ByteString> publicHostKey) {
  /** Checks the numbers and copies the systems. */
  public Machine {
    requireNonNull(storeUri, "storeUri");
    systems = Collections.unmodifiableSortedSet(new TreeSet<>(systems));
    requireNonNull(sshKey, "sshKey");
    requireNonNull(supportedFeatures, "supportedFeatures");
    requireNonNull(mandatoryFeatures, "mandatoryFeatures");
    requireNonNull(publicHostKey, "publicHostKey");
    if (systems.isEmpty()) {
      throw new IllegalArgumentException(storeUri + " needs at least one system");
    }
    if (maxJobs < 0) {
      throw new IllegalArgumentException("maxJobs must not be negative: " + maxJobs);
    }
    if (!(speedFactor > 0) || Double.isInfinite(speedFactor)) {
      throw new IllegalArgumentException(
          "speedFactor must be greater than 0 and finite: " + speedFactor);
    }
    if (sshKey.isPresent()
        && (sshKey.get().isBlank() || sshKey.get().chars().anyMatch(Character::isISOControl))) {
      throw new IllegalArgumentException("sshKey must be one line that is not blank");
    }
    if (publicHostKey.isPresent() && publicHostKey.get().utf8().isBlank()) {
      throw new IllegalArgumentException("publicHostKey must not be blank");
    }
  }

  /**
   * Begins a machine at the store called {@code storeUri}, as in the first column of a machines
   * file.
   *
   * @throws FormatException if that is no store URI
   */
  public static MachineBuilder at(String storeUri) {
    return at(StoreUri.parse(storeUri));
  }

  /** Begins a machine at {@code storeUri}. */
  public static MachineBuilder at(StoreUri storeUri) {
    return MachineBuilder.at(storeUri);
  }

  /**
   * Begins the local machine: the entry by which the hub builds, too, as {@code local} in a
   * machines file. Nothing is sent to it or fetched from it. Messages call it {@code local}.
   */
  public static MachineBuilder local() {
    return at(StoreUri.parse("local"));
  }

  /**
   * What messages call the machine: its store URI without {@code ssh://} and without parameters,
   * such as {@code mac-1}, {@code nix@mac-1:2222} or {@code ssh-ng://mac-1}. Two lines that name
   * one host have one name.
   */
  public String name() {
    String text = storeUri.toString();
    int question = text.indexOf('?');
    String base = question < 0 ? text : text.substring(0, question);
    if (base.isEmpty()) {
      return storeUri.scheme();
    }
    return base.startsWith("ssh://") ? base.substring("ssh://".length()) : base;
  }

  /** What this machine shares with other lines that name the same store. */
  public StoreKey storeKey() {
    return StoreKey.from(storeUri);
  }

  /**
   * Whether it is the local machine: the hub itself. Its store URI is then {@code local}, {@code
   * auto} or {@code daemon}, without parameters; which of them makes no difference here. A store
   * with a path or parameters, such as {@code local?root=/mnt}, and {@code ssh://localhost} are
   * machines of their own.
   */
  public boolean isLocal() {
    return storeKey().equals(StoreKey.local());
  }

  /** Whether it may take builds at all: whether {@link #maxJobs()} is not 0. */
  public boolean isEnabled() {
    return maxJobs > 0;
  }

  /** Whether it runs {@code system}; every machine runs {@link SystemType#BUILTIN}. */
  public boolean runs(SystemType system) {
    return system.isBuiltin() || systems.contains(system);
  }

  /** Every feature it has: the supported and the mandatory ones. */
  public Features features() {
    return supportedFeatures.plus(mandatoryFeatures);
  }

  /**
   * The private key to log in with: {@link #sshKey()}, or else the URI's parameter {@code ssh-key}.
   */
  public Optional<String> identityFile() {
    return sshKey.or(() -> storeUri.parameter("ssh-key").filter(value -> !value.isEmpty()));
  }

  /**
   * The only host key to accept: the first line of {@link #publicHostKey()} that is not blank, or
   * else that of the URI's parameter {@code base64-ssh-public-host-key}, decoded. What is not UTF-8
   * becomes U+FFFD, and then no host has that key.
   *
   * @throws FormatException if the parameter is not base64
   */
  public Optional<String> pinnedHostKey() {
    return publicHostKey
        .or(
            () ->
                storeUri
                    .parameter("base64-ssh-public-host-key")
                    .filter(value -> !value.isEmpty())
                    .map(Machine::decodedHostKey))
        .map(Machine::firstLine);
  }

  private static String firstLine(ByteString key) {
    return key.utf8().lines().filter(line -> !line.isBlank()).findFirst().orElse("").strip();
  }

  private static ByteString decodedHostKey(String base64) {
    try {
      return ByteString.wrap(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException notBase64) {
      throw new FormatException(
          "store URI", "base64-ssh-public-host-key", "base64", "'" + base64 + "'");
    }
  }

  /** The same machine with other systems; at least one. */
  public Machine withSystems(SortedSet<SystemType> newSystems) {
    return new Machine(
        storeUri,
        newSystems,
        sshKey,
        maxJobs,
        speedFactor,
        supportedFeatures,
        mandatoryFeatures,
        publicHostKey);
  }

  /** The same machine taking {@code newMaxJobs} builds at once. */
  public Machine withMaxJobs(int newMaxJobs) {
    return new Machine(
        storeUri,
        systems,
        sshKey,
        newMaxJobs,
        speedFactor,
        supportedFeatures,
        mandatoryFeatures,
        publicHostKey);
  }

  /** The same machine with another speed factor. */
  public Machine withSpeedFactor(double newSpeedFactor) {
    return new Machine(
        storeUri,
        systems,
        sshKey,
        maxJobs,
        newSpeedFactor,
        supportedFeatures,
        mandatoryFeatures,
        publicHostKey);
  }

  /** The same machine with other features. */
  public Machine withFeatures(Features newSupported, Features newMandatory) {
    return new Machine(
        storeUri, systems, sshKey, maxJobs, speedFactor, newSupported, newMandatory, publicHostKey);
  }

  /** The {@link #name()}. */
  @Override
  public String toString() {
    return name();
  }
}
