package io.github.remotebuild.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a derivation says about how it wants to be built.
 *
 * <p>The options are attributes of the derivation: either variables of the environment, where only
 * {@code 1} is true and a list is split at white space, or, if there is a variable {@code __json},
 * members of that JSON object, where {@code true} is true and a list is a list. Then other
 * variables are not looked at. Unknown attributes are ignored. Immutable.
 *
 * <p>Checked against Nix 2.8.0 (source: {@code src/libstore/parsed-derivations.cc}).
 *
 * @since 0.1
 */
public final class DerivationOptions {
  /** The feature that a machine must have to build what has no path beforehand. */
  public static final String CONTENT_ADDRESSED_FEATURE = "ca-derivations";

  private static final Set<String> ATTRIBUTES =
      Set.of(
          "name",
          "requiredSystemFeatures",
          "preferLocalBuild",
          "allowSubstitutes",
          "__noChroot",
          "impureEnvVars");

  private final Optional<String> name;
  private final SortedSet<String> requiredSystemFeatures;
  private final boolean prefersLocalBuild;
  private final boolean allowsSubstitutes;
  private final boolean isWithoutSandbox;
  private final SortedSet<String> impureVariables;
  private final boolean hasUnknownPaths;
  private final boolean hasStructuredAttributes;

  private DerivationOptions(
      SortedMap<ByteString, ByteString> environment, SortedMap<String, DerivationOutput> outputs) {
    DerivationAttributes attributes = DerivationAttributes.of(environment, ATTRIBUTES);
    name = attributes.string("name");
    requiredSystemFeatures = sorted(attributes.strings("requiredSystemFeatures"));
    prefersLocalBuild = attributes.bool("preferLocalBuild").orElse(false);
    allowsSubstitutes = attributes.bool("allowSubstitutes").orElse(true);
    isWithoutSandbox = attributes.bool("__noChroot").orElse(false);
    impureVariables = sorted(attributes.strings("impureEnvVars"));
    hasUnknownPaths = outputs.values().stream().anyMatch(output -> output.path().isEmpty());
    hasStructuredAttributes = environment.containsKey(DerivationAttributes.JSON);
  }

  private static SortedSet<String> sorted(Optional<List<String>> words) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(words.orElse(List.of())));
  }

  /**
   * The options of {@code derivation}.
   *
   * @throws FormatException if {@code __json} is not a JSON object, or if an option in it is of
   *     another type
   */
  public static DerivationOptions of(Derivation derivation) {
    return new DerivationOptions(derivation.environment(), derivation.outputs());
  }

  /**
   * The options of {@code derivation}.
   *
   * @throws FormatException if {@code __json} is not a JSON object, or if an option in it is of
   *     another type
   */
  public static DerivationOptions of(BasicDerivation derivation) {
    return new DerivationOptions(derivation.environment(), derivation.outputs());
  }

  /** The attribute {@code name}; the derivation's name is in its path, not here. */
  public Optional<String> name() {
    return name;
  }

  /** The features in {@code requiredSystemFeatures}, as they are written; unmodifiable. */
  public SortedSet<String> requiredSystemFeatures() {
    return requiredSystemFeatures;
  }

  /**
   * The features that Nix asks of a machine: those written, and {@link #CONTENT_ADDRESSED_FEATURE}
   * if the path of an output is not known beforehand, so for floating, deferred and impure outputs.
   * This is the list in the question to a build hook; unmodifiable.
   */
  public SortedSet<String> neededSystemFeatures() {
    if (!hasUnknownPaths) {
      return requiredSystemFeatures;
    }
    TreeSet<String> needed = new TreeSet<>(requiredSystemFeatures);
    needed.add(CONTENT_ADDRESSED_FEATURE);
    return Collections.unmodifiableSortedSet(needed);
  }

  /** {@code preferLocalBuild}: whether sending it elsewhere is not worth it; false if not given. */
  public boolean prefersLocalBuild() {
    return prefersLocalBuild;
  }

  /** {@code allowSubstitutes}: whether its outputs may be downloaded; true if not given. */
  public boolean allowsSubstitutes() {
    return allowsSubstitutes;
  }

  /** {@code __noChroot}: whether it asks to be built without a sandbox; false if not given. */
  public boolean isWithoutSandbox() {
    return isWithoutSandbox;
  }

  /** {@code impureEnvVars}: the variables it gets from whoever builds it; unmodifiable. */
  public SortedSet<String> impureVariables() {
    return impureVariables;
  }

  /** Whether the options stand in {@code __json}. */
  public boolean hasStructuredAttributes() {
    return hasStructuredAttributes;
  }
}
