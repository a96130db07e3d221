package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.policy.SlowModel.Rule;
import java.util.Comparator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PolicyProperties {
  @Provide
  Arbitrary<Situation> situations() {
    return Arbitraries.randomValue(Situation::random);
  }

  @Property(tries = 2000)
  void nix_obeys_every_law(@ForAll("situations") Situation situation) {
    obeysEveryLaw(SelectionPolicy.nix(), Rule.NIX, situation);
  }

  @Property(tries = 2000)
  void classic_obeys_every_law(@ForAll("situations") Situation situation) {
    obeysEveryLaw(SelectionPolicy.classic(), Rule.CLASSIC, situation);
  }

  @Property(tries = 2000)
  void hydra_obeys_every_law(@ForAll("situations") Situation situation) {
    obeysEveryLaw(SelectionPolicy.hydra(), Rule.HYDRA, situation);
  }

  @Property(tries = 1000)
  void the_rule_of_nix_written_as_a_comparator_obeys_every_law(
      @ForAll("situations") Situation situation) {
    SelectionPolicy ranking =
        SelectionPolicy.ranking(
            "nix as a comparator",
            Comparator.comparingDouble(Candidate::loadPerSpeed)
                .thenComparing(candidate -> -candidate.machine().speedFactor())
                .thenComparing(Candidate::running));

    obeysEveryLaw(ranking, Rule.NIX, situation);
  }

  private static void obeysEveryLaw(SelectionPolicy policy, Rule rule, Situation situation) {
    for (Law law : Law.values()) {
      assertThat(law.violation(policy, rule, situation))
          .as("%s, %s, in%n%s", policy.name(), law, situation)
          .isEmpty();
    }
  }
}
