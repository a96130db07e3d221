package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.LocalPreference;
import java.util.Optional;

/** Chooses by a {@link Formula} in one pass over the farm. */
final class FormulaPolicy implements SelectionPolicy {
  private static final Features LOCAL = Features.of("local");

  private final String name;
  private final Formula formula;

  FormulaPolicy(String name, Formula formula) {
    this.name = name;
    this.formula = formula;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Decision decide(Demand demand, FarmSnapshot snapshot) {
    requireNonNull(demand, "demand");
    boolean isLocalAsked =
        formula == Formula.HYDRA && demand.localPreference() == LocalPreference.PREFERS_LOCAL;
    Selection selection =
        new Selection(this, demand, snapshot, isLocalAsked ? LOCAL : Features.none());
    FarmIndex index = snapshot.index();
    boolean[] open = selection.openKinds();
    boolean hasRules = !demand.rules().isEmpty();
    boolean canWait = false;
    int best = -1;
    int bestLoad = 0;
    double bestCost = 0;
    double bestSpeed = 0;
    int size = snapshot.size();
    for (int start = 0; start < size; start += StateChunk.SIZE) {
      StateChunk chunk = snapshot.chunk(start / StateChunk.SIZE);
      for (int offset = 0; offset < chunk.length(); offset++) {
        int position = start + offset;
        int load = chunk.load(offset);
        if (load == StateChunk.NEVER
            || !open[index.kind(position)]
            || (hasRules && !demand.admits(snapshot.machine(position)))) {
          continue;
        }
        if (load == StateChunk.LATER) {
          canWait = true;
          continue;
        }
        double speed = formula.speed(index.speed(position));
        double cost = formula.cost(load, speed);
        if (best < 0 || isBetter(cost, speed, load, bestCost, bestSpeed, bestLoad)) {
          best = position;
          bestLoad = load;
          bestCost = cost;
          bestSpeed = speed;
        }
      }
    }
    if (best >= 0) {
      return new Decision.Accept(selection, best);
    }
    return canWait ? new Decision.Postpone(selection) : new Decision.Decline(selection);
  }

  @Override
  public Optional<String> whyNot(Candidate other, Candidate chosen) {
    double otherSpeed = formula.speed(other.machine().speedFactor());
    double speed = formula.speed(chosen.machine().speedFactor());
    if (formula.cost(other.running(), otherSpeed) != formula.cost(chosen.running(), speed)) {
      return Optional.of("has more load for its speed");
    }
    if (otherSpeed != speed) {
      return Optional.of("is slower");
    }
    if (other.running() != chosen.running()) {
      return Optional.of(other.running() > chosen.running() ? "has more load" : "has less load");
    }
    return Optional.of("comes later in the farm");
  }

  private boolean isBetter(
      double cost, double speed, int load, double bestCost, double bestSpeed, int bestLoad) {
    if (cost != bestCost) {
      return cost < bestCost;
    }
    if (speed != bestSpeed) {
      return speed > bestSpeed;
    }
    return formula.prefersLoad(load, bestLoad);
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
