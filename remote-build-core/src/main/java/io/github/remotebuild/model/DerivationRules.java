package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** What holds for every derivation (source: Nix 2.8, {@code src/libstore/derivations.cc}). */
final class DerivationRules {
  private DerivationRules() {}

  static void check(SortedMap<String, DerivationOutput> outputs, String platform) {
    Optional<String> problem = problemOf(outputs);
    if (problem.isPresent()) {
      throw new IllegalArgumentException("Bad outputs " + outputs.keySet() + ": " + problem.get());
    }
    requireNonNull(platform, "platform");
    if (platform.indexOf('"') >= 0 || platform.indexOf('\\') >= 0) {
      throw new IllegalArgumentException(
          "Nix cannot write the platform '" + platform + "': it has a quote or a backslash");
    }
  }

  /** What is wrong with these outputs taken together, if anything. */
  static Optional<String> problemOf(SortedMap<String, DerivationOutput> outputs) {
    if (outputs.isEmpty()) {
      return Optional.empty();
    }
    for (String name : outputs.keySet()) {
      if (!OutputNames.isValid(name)) {
        return Optional.of("'" + name + "' cannot be the name of an output");
      }
    }
    DerivationOutput first = first(outputs);
    if (first instanceof DerivationOutput.Fixed
        && !(outputs.size() == 1 && outputs.firstKey().equals(OutputNames.OUT))) {
      return Optional.of("a fixed output is the only one and is named 'out'");
    }
    for (Map.Entry<String, DerivationOutput> entry : outputs.entrySet()) {
      DerivationOutput output = entry.getValue();
      if (output.getClass() != first.getClass()) {
        return Optional.of(
            "all outputs are of one kind, but '" + entry.getKey() + "' is of another");
      }
      if (output instanceof DerivationOutput.Floating floating
          && first instanceof DerivationOutput.Floating one
          && floating.algorithm() != one.algorithm()) {
        return Optional.of("all floating outputs have one hash algorithm");
      }
    }
    return Optional.empty();
  }

  /**
   * One output, which is of the same kind as all others.
   *
   * @throws IllegalArgumentException if there is none
   */
  static DerivationOutput first(SortedMap<String, DerivationOutput> outputs) {
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("A derivation that is to be built has an output");
    }
    return outputs.values().iterator().next();
  }
}
