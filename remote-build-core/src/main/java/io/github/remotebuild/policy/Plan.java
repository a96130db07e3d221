package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import java.util.List;

/**
 * What a policy would do with a list of demands. Immutable.
 *
 * @param before the snapshot at the beginning
 * @param steps what happens to each demand, in their order
 * @since 0.1
 */
public record Plan(FarmSnapshot before, List<Step> steps) {
  /** Copies the steps. */
  public Plan {
    requireNonNull(before, "before");
    steps = List.copyOf(steps);
  }

  /** The snapshot at the end. */
  public FarmSnapshot after() {
    return steps.isEmpty() ? before : steps.get(steps.size() - 1).after();
  }

  /**
   * What happens to one demand. Immutable.
   *
   * @param demand the demand
   * @param decision what was decided
   * @param after the snapshot after that; the one before it unless a machine took the build
   * @since 0.1
   */
  public record Step(Demand demand, Decision decision, FarmSnapshot after) {
    /** Checks that the parts are there. */
    public Step {
      requireNonNull(demand, "demand");
      requireNonNull(decision, "decision");
      requireNonNull(after, "after");
    }
  }
}
