package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final Demand LINUX = Demand.forSystem("x86_64-linux");
  private static final Demand MAC = Demand.forSystem("aarch64-darwin");

  private final FarmSnapshot snapshot =
      FarmSnapshot.of(
          Farm.of(
              Machine.at("a").forSystems("x86_64-linux").maxJobs(2).build(),
              Machine.at("b").forSystems("x86_64-linux").build()));

  @Test
  void each_demand_is_decided_where_the_one_before_left_off() {
    Plan plan = SelectionPolicy.nix().plan(List.of(LINUX, MAC, LINUX, LINUX, LINUX), snapshot);

    assertThat(plan.steps())
        .extracting(
            step ->
                step.decision()
                    .match(
                        accept -> accept.machine().name(),
                        postpone -> "postpone",
                        decline -> "decline"))
        .containsExactly("a", "decline", "b", "a", "postpone");
    assertThat(plan.after()).hasToString("[a 2/2, b 1/1]");
    assertThat(plan.steps().get(1).after()).isSameAs(plan.steps().get(0).after());
  }

  @Test
  void nothing_happens_to_the_snapshot() {
    SelectionPolicy.nix().plan(List.of(LINUX, LINUX), snapshot);

    assertThat(snapshot).hasToString("[a 0/2, b 0/1]");
  }

  @Test
  void a_plan_for_nothing_ends_where_it_begins() {
    Plan plan = SelectionPolicy.nix().plan(List.of(), snapshot);

    assertThat(plan.steps()).isEmpty();
    assertThat(plan.after()).isSameAs(snapshot);
  }
}
