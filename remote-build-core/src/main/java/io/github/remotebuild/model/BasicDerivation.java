package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A derivation whose inputs are all store paths: what a machine is asked to build.
 *
 * <p>It has no name of its own; the path of the {@code .drv} travels beside it. Immutable; the maps
 * and sets are unmodifiable and in Nix's order.
 *
 * @param outputs the outputs by name; at least one
 * @param inputSources the store paths that must be there
 * @param platform the system it runs on
 * @param builder the program
 * @param arguments its arguments
 * @param environment its environment
 * @since 0.1
 */
public record BasicDerivation(
    SortedMap<String, DerivationOutput> outputs,
    SortedSet<StorePath> inputSources,
    String platform,
    ByteString builder,
    List<ByteString> arguments,
    SortedMap<ByteString, ByteString> environment) {
  /** Copies the collections and checks the outputs and the platform. */
  public BasicDerivation {
    outputs = SortedCopies.of(outputs);
    inputSources = SortedCopies.of(inputSources);
    requireNonNull(platform, "platform");
    requireNonNull(builder, "builder");
    arguments = List.copyOf(arguments);
    environment = SortedCopies.of(environment);
    DerivationRules.check(outputs, platform);
    DerivationRules.first(outputs);
  }
}
