package io.github.remotebuild.policy;

import io.github.remotebuild.model.Demand;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides which machine takes a build.
 *
 * <p>A policy is a pure function: the same demand and snapshot give the same decision, and nothing
 * else is looked at or changed. It may be asked by several threads at once. The built-in policies
 * agree on who <em>can</em> take a build (see {@link Selection}) and differ in whom they prefer.
 *
 * <p>With {@code load} for the builds that run on a machine and {@code speed} for its speed factor,
 * the rules are, ties going down the list:
 *
 * <table>
 * <caption>Which machine comes first</caption>
 * <tr><th>nix</th><td>smaller load / speed; higher speed; smaller load; earlier in the farm</td></tr>
 * <tr><th>classic</th><td>smaller integer part of load / speed + 0.4999, speed being cut to a whole
 * number; higher speed; smaller load; earlier in the farm</td></tr>
 * <tr><th>hydra</th><td>smaller load / speed rounded, half up; higher speed; <em>larger</em> load;
 * earlier in the farm</td></tr>
 * </table>
 *
 * @since 0.1
 */
public interface SelectionPolicy {
  /** What messages call the policy. */
  String name();

  /** Decides who takes {@code demand} in {@code snapshot}. */
  Decision decide(Demand demand, FarmSnapshot snapshot);

  /**
   * Why {@code other} was not taken although it could have been: what it is, compared with the
   * machine that was, such as {@code is slower}. Only explanations ask. Empty if the policy does
   * not say, and unless it overrides this method it does not.
   *
   * @param other a machine that was not taken
   * @param chosen the machine that was taken
   */
  default Optional<String> whyNot(Candidate other, Candidate chosen) {
    return Optional.empty();
  }

  /**
   * Decides {@code demands} one after another, each in the snapshot that the one before left
   * behind. Nothing is built and nothing else changes.
   *
   * @param demands the demands in order
   * @param snapshot where to begin
   */
  default Plan plan(List<Demand> demands, FarmSnapshot snapshot) {
    List<Plan.Step> steps = new ArrayList<>(demands.size());
    FarmSnapshot current = snapshot;
    for (Demand demand : demands) {
      Decision decision = decide(demand, current);
      FarmSnapshot before = current;
      current = decision.match(Decision.Accept::applied, postpone -> before, decline -> before);
      steps.add(new Plan.Step(demand, decision, current));
    }
    return new Plan(snapshot, steps);
  }

  /**
   * As Nix's build hook since 2.20: load / speed unrounded. Nix computes it in single precision,
   * this in double.
   */
  static SelectionPolicy nix() {
    return BuiltInPolicies.NIX;
  }

  /**
   * As the Perl hook did until Nix 1.11: load / speed rounded, an exact half down. A speed factor
   * below 1 counts as 1; the Perl hook divided by zero.
   */
  static SelectionPolicy classic() {
    return BuiltInPolicies.CLASSIC;
  }

  /**
   * As Hydra's queue runner in C++ did: load / speed rounded, an exact half up, and the more loaded
   * of equals. A machine that insists on the feature {@code local} also takes what prefers to be
   * built locally.
   */
  static SelectionPolicy hydra() {
    return BuiltInPolicies.HYDRA;
  }

  /**
   * A policy that takes the least candidate by {@code bestFirst}; among equals the first in the
   * farm.
   *
   * @param name what messages call the policy
   * @param bestFirst orders candidates, the best first; must be pure
   */
  static SelectionPolicy ranking(String name, Comparator<Candidate> bestFirst) {
    return new RankingPolicy(name, bestFirst);
  }
}
