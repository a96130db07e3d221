package io.github.remotebuild.testkit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * A line of a machines file, which {@link #toString()} prints. Immutable; each {@code with} method
 * returns a changed copy.
 *
 * @param uri the first column
 * @param systems the second, with commas between
 * @param identity the key file
 * @param slots how many builds at once
 * @param speed the speed factor
 * @param features the supported features with commas between, or {@code -}
 * @param mandatory the mandatory features with commas between, or {@code -}
 * @param hostKey the host key, as in a known hosts file
 * @since 0.1
 */
public record MachineEntry(
    String uri,
    String systems,
    String identity,
    int slots,
    String speed,
    String features,
    String mandatory,
    Optional<String> hostKey) {
  /** Reaches the machine in another way. */
  public MachineEntry withUri(String text) {
    return new MachineEntry(text, systems, identity, slots, speed, features, mandatory, hostKey);
  }

  /** Logs in with another key. */
  public MachineEntry withIdentity(Path file) {
    return new MachineEntry(
        uri, systems, file.toString(), slots, speed, features, mandatory, hostKey);
  }

  /** Has another number of slots. */
  public MachineEntry withSlots(int number) {
    return new MachineEntry(uri, systems, identity, number, speed, features, mandatory, hostKey);
  }

  /** Has another speed factor. */
  public MachineEntry withSpeed(String factor) {
    return new MachineEntry(uri, systems, identity, slots, factor, features, mandatory, hostKey);
  }

  /** Supports these features. */
  public MachineEntry withFeatures(String... names) {
    return new MachineEntry(
        uri, systems, identity, slots, speed, String.join(",", names), mandatory, hostKey);
  }

  /** Takes only builds that ask for one of these features. */
  public MachineEntry withMandatory(String... names) {
    return new MachineEntry(
        uri, systems, identity, slots, speed, features, String.join(",", names), hostKey);
  }

  /** Pins another host key. */
  public MachineEntry withHostKey(String key) {
    return new MachineEntry(
        uri, systems, identity, slots, speed, features, mandatory, Optional.of(key));
  }

  /** Pins no host key. */
  public MachineEntry withoutHostKey() {
    return new MachineEntry(
        uri, systems, identity, slots, speed, features, mandatory, Optional.empty());
  }

  @Override
  public String toString() {
    String key =
        hostKey
            .map(k -> Base64.getEncoder().encodeToString(k.getBytes(StandardCharsets.UTF_8)))
            .orElse("-");
    return String.join(
        " ", uri, systems, identity, Integer.toString(slots), speed, features, mandatory, key);
  }
}
