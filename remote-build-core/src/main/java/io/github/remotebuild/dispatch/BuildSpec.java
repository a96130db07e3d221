package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import java.util.Set;

/**
 * One derivation to be built for one request. Immutable.
 *
 * @param build names it
 * @param wanted what is to be built
 * @param demand what it asks of a machine
 * @param dependsOn the builds of the same request that must have succeeded first
 * @since 0.1
 */
public record BuildSpec(BuildId build, Wanted wanted, Demand demand, Set<BuildId> dependsOn) {
  /** Copies the set. */
  public BuildSpec {
    requireNonNull(build, "build");
    requireNonNull(wanted, "wanted");
    requireNonNull(demand, "demand");
    dependsOn = Set.copyOf(dependsOn);
  }
}
