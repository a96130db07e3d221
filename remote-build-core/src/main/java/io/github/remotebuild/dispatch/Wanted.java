package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.StorePath;
import java.util.Set;

/**
 * What a caller wants of a derivation. Immutable.
 *
 * <p>Two callers that want the same derivation, with the same options and the same demand, are
 * served by one build, whatever outputs each of them wants.
 *
 * @param derivation its path
 * @param outputs the names of the outputs that must be in the hub afterwards
 * @param options the bounds on the build
 * @since 0.1
 */
public record Wanted(StorePath derivation, Set<String> outputs, BuildOptions options) {
  /** Copies the set. */
  public Wanted {
    requireNonNull(derivation, "derivation");
    requireNonNull(options, "options");
    outputs = Set.copyOf(outputs);
  }
}
