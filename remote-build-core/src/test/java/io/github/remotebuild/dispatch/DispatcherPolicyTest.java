package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.Selection;
import io.github.remotebuild.policy.SelectionPolicy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class DispatcherPolicyTest {
  private static SelectionPolicy policy(BiFunction<Demand, FarmSnapshot, Decision> decide) {
    return new SelectionPolicy() {
      @Override
      public String name() {
        return "odd";
      }

      @Override
      public Decision decide(Demand demand, FarmSnapshot snapshot) {
        return decide.apply(demand, snapshot);
      }
    };
  }

  @Test
  void a_policy_that_throws_fails_the_build_and_no_other() {
    SelectionPolicy nix = SelectionPolicy.nix();
    Demand odd = LINUX.obeying(MachineRule.matching("odd", machine -> 1 / 0 > 0));
    ScriptedRun run = new ScriptedRun(Farm.of(machine("a", 1)), nix);

    run.submit(GOING_ON, build(1, odd), build(2));

    assertThat(((BuildEnd.Failed) run.ends.get(1L)).failure().message())
        .contains("a rule of the request failed")
        .contains("by zero");
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void a_policy_that_chooses_a_machine_that_cannot_take_the_build_fails_the_build() {
    SelectionPolicy stale =
        policy(
            (demand, snapshot) ->
                new Decision.Accept(
                    Selection.of(SelectionPolicy.nix(), demand, FarmSnapshot.of(snapshot.farm())),
                    0));
    ScriptedRun run = new ScriptedRun(Farm.of(machine("a", 1)), stale);

    run.submit(GOING_ON, build(1), build(2));

    assertThat(run.placed()).containsExactly(1L);
    assertThat(((BuildEnd.Failed) run.ends.get(2L)).failure().message())
        .contains("cannot take the build");
  }

  @Test
  void a_policy_that_holds_back_is_asked_again_whenever_the_farm_is_another_one() {
    // Takes the slow machine only while the fast one is busy with something.
    SelectionPolicy picky =
        policy(
            (demand, snapshot) -> {
              Selection selection = Selection.of(SelectionPolicy.nix(), demand, snapshot);
              boolean isFastIdle = snapshot.state(0).running() == 0;
              if (isFastIdle && !demand.requiredFeatures().isEmpty()) {
                return new Decision.Postpone(selection);
              }
              return SelectionPolicy.nix().decide(demand, snapshot);
            });
    ScriptedRun run =
        new ScriptedRun(
            Farm.of(
                linux("fast").maxJobs(1).speedFactor(9).build(),
                linux("slow").maxJobs(1).supporting("kvm").build()),
            picky);
    run.submit(1, GOING_ON, build(1, LINUX.requiring("kvm")));
    assertThat(run.last(Effect.ReportWaiting.class)).hasSize(1);

    run.submit(2, GOING_ON, build(2));

    assertThat(run.placed()).containsExactly(2L, 1L);
    assertThat(run.machineOf(1)).isEqualTo("slow");
  }

  @Test
  void the_policy_is_asked_a_few_times_for_each_build_however_many_wait() {
    assertThat(questions(2_000)).isLessThanOrEqualTo(2 * 2_000 + 20);
  }

  /** How often the policy is asked until this many builds of 10 demands are over. */
  private static int questions(int count) {
    AtomicInteger questions = new AtomicInteger();
    SelectionPolicy counting =
        policy(
            (demand, snapshot) -> {
              questions.incrementAndGet();
              return SelectionPolicy.nix().decide(demand, snapshot);
            });
    ScriptedRun run = new ScriptedRun(Farm.of(machine("a", 2), machine("b", 3)), counting);
    BuildSpec[] builds = new BuildSpec[count];
    for (int i = 0; i < count; i++) {
      builds[i] = build(i, LINUX.refusing("other" + i % 10));
    }
    Deque<Long> running = new ArrayDeque<>();
    run.submit(GOING_ON, builds);
    running.addAll(run.placed());
    while (!running.isEmpty()) {
      long next = running.remove();
      run.grant(next);
      run.succeed(next);
      running.addAll(run.placed());
    }
    assertThat(run.ends).hasSize(count);
    return questions.get();
  }
}
