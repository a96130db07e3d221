package io.github.remotebuild.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The outputs that a derivation needs of one of its input derivations.
 *
 * <p>Nearly always this is a set of names. With dynamic derivations (experimental, since Nix 2.18)
 * an output may itself be a {@code .drv}, of which outputs are needed in turn; those are in {@link
 * #dynamic()}. Immutable; the collections are unmodifiable and ascending.
 *
 * @param names the outputs that are needed as they are
 * @param dynamic for each output that is a derivation: what is needed of that derivation
 * @since 0.1
 */
public record InputOutputs(SortedSet<String> names, SortedMap<String, InputOutputs> dynamic) {
  /** Copies the collections and checks that something is needed, and the spelling of the names. */
  public InputOutputs {
    names = SortedCopies.of(names);
    dynamic = SortedCopies.of(dynamic);
    if (names.isEmpty() && dynamic.isEmpty()) {
      throw new IllegalArgumentException("An input derivation is listed for at least one output");
    }
    names.forEach(OutputNames::require);
    dynamic.keySet().forEach(OutputNames::require);
  }

  /** Outputs that are needed as they are; at least one. */
  public static InputOutputs of(String... names) {
    return of(new TreeSet<>(Arrays.asList(names)));
  }

  /** Outputs that are needed as they are; at least one. */
  public static InputOutputs of(SortedSet<String> names) {
    return new InputOutputs(names, Collections.emptySortedMap());
  }

  /** Whether an output of an output is needed. */
  public boolean isDynamic() {
    return !dynamic.isEmpty();
  }
}
