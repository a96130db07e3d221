package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.failure;
import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.RetryAdvice;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FairnessTest {
  private static final Standing A = Standing.ordinary().withCaller("a");
  private static final Standing B = Standing.ordinary().withCaller("b");
  private static final Standing C = Standing.ordinary().withCaller("c");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final ShareRule AGEING_IN_AN_HOUR = ShareRule.equal().withAgeing(HOUR);

  private static BuildSpec[] builds(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(ScriptedRun::build)
        .toArray(BuildSpec[]::new);
  }

  @Test
  void a_slot_goes_to_the_caller_who_has_used_the_least() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 5));
    run.submitEach(B, builds(11, 15));

    run.uses(1, MINUTE);
    assertThat(run.placed()).containsExactly(11L);
    run.uses(11, SECOND);
    assertThat(run.placed()).containsExactly(12L);
    run.uses(12, MINUTE);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void slots_that_are_free_at_one_moment_are_parted_by_share() {
    ScriptedRun run = ScriptedRun.sharing(ShareRule.equal().giving("a", 3), machine("m", 8));
    run.submitEach(A, builds(1, 20));
    run.submitEach(B, builds(31, 50));
    for (long each = 1; each <= 8; each++) {
      run.refuse(each);
    }

    run.pass(MachineBook.ASK_AGAIN);

    assertThat(run.placed()).hasSize(8).filteredOn(each -> each > 30).hasSize(2);
  }

  @Test
  void what_a_running_build_uses_counts_while_it_runs() {
    ScriptedRun run = ScriptedRun.on(machine("m", 2));
    run.submitEach(A, builds(1, 5));
    run.submitEach(B, builds(11, 15));
    run.grant(1);
    run.uses(2, MINUTE);
    assertThat(run.placed()).containsExactly(11L);

    // One caller has used three minutes, of which the running build takes two; the other one.
    run.uses(11, MINUTE);

    assertThat(run.placed()).containsExactly(12L);
  }

  @Test
  void a_failed_attempt_is_charged_like_any_other() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 9));
    run.submitEach(B, builds(11, 19));
    run.grant(1);
    run.pass(MINUTE);

    run.fail(1, failure(Culprit.HUB, RetryAdvice.SAME_MACHINE));
    assertThat(run.placed()).containsExactly(11L);
    run.uses(11, Duration.ofSeconds(50));
    assertThat(run.placed()).containsExactly(12L);
    run.uses(12, Duration.ofSeconds(20));
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_refused_slot_costs_nothing() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 9));
    run.submitEach(B, builds(11, 19));

    run.refuse(1);
    run.pass(MachineBook.ASK_AGAIN);

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_newcomer_begins_level_with_the_others() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 9));
    run.uses(1, HOUR);
    run.uses(2, HOUR);
    run.submitEach(B, builds(11, 19));

    run.uses(3, MINUTE);
    assertThat(run.placed()).containsExactly(11L);
    run.uses(11, HOUR);
    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void what_was_not_used_while_there_was_nothing_to_do_is_not_saved_up() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 9));
    run.submitEach(B, builds(11, 11));
    run.uses(1, MINUTE);
    run.uses(11, MINUTE);
    for (long each = 2; each <= 5; each++) {
      run.uses(each, HOUR);
    }

    run.submitEach(B, builds(12, 19));

    run.uses(6, MINUTE);
    assertThat(run.placed()).containsExactly(12L);
    run.uses(12, HOUR);
    assertThat(run.placed()).containsExactly(7L);
  }

  @Test
  void what_was_used_while_nobody_else_had_work_is_not_held_against_anyone() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 3));
    run.uses(1, HOUR);
    run.uses(2, HOUR);
    run.uses(3, HOUR);
    run.submitEach(B, builds(11, 19));
    run.submitEach(A, builds(4, 9));

    run.uses(11, MINUTE);

    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void a_caller_who_could_not_use_what_was_free_does_not_save_it_up() {
    Demand kvm = LINUX.requiring("kvm");
    ScriptedRun run =
        ScriptedRun.on(machine("plain", 1), linux("special").maxJobs(1).supporting("kvm").build());
    run.submitEach(C, build(21, kvm));
    run.grant(21);
    run.submitEach(B, build(11, kvm));
    run.submitEach(A, builds(1, 9));
    for (long each = 1; each <= 4; each++) {
      run.uses(each, HOUR);
    }

    // From now on one of them has something for the other machine too.
    run.submitEach(B, builds(12, 19));

    run.uses(5, MINUTE);
    assertThat(run.placed()).containsExactly(12L);
    run.uses(12, MINUTE.multipliedBy(2));
    assertThat(run.placed()).containsExactly(6L);
  }

  @Test
  void a_higher_priority_goes_first_within_a_caller() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, builds(1, 2));
    run.submitEach(A.withPriority(1), build(3));
    run.submitEach(A.withPriority(-1), build(4));
    run.submitEach(A.withPriority(100), build(5));

    run.uses(1, SECOND);
    assertThat(run.placed()).containsExactly(5L);
    run.uses(5, SECOND);
    assertThat(run.placed()).containsExactly(3L);
    run.uses(3, SECOND);
    assertThat(run.placed()).containsExactly(2L);
    run.uses(2, SECOND);
    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void a_level_of_priority_counts_as_one_ageing_of_waiting() {
    ScriptedRun run = ScriptedRun.sharing(AGEING_IN_AN_HOUR, machine("m", 1));
    run.submitEach(A, builds(1, 2));
    run.pass(HOUR.minus(SECOND));
    run.submitEach(A.withPriority(1), build(4));
    run.pass(SECOND.multipliedBy(2));
    run.submitEach(A.withPriority(1), build(5));

    run.uses(1, SECOND);
    assertThat(run.placed()).containsExactly(4L);
    run.uses(4, SECOND);
    assertThat(run.placed()).containsExactly(2L);
    run.uses(2, SECOND);
    assertThat(run.placed()).containsExactly(5L);
  }

  @Test
  void a_higher_priority_goes_before_other_callers_as_an_advance_that_is_paid_back() {
    ScriptedRun run = ScriptedRun.sharing(AGEING_IN_AN_HOUR, machine("m", 1));
    run.submitEach(A, builds(1, 9));
    run.submitEach(B.withPriority(1), builds(11, 14));
    run.uses(1, SECOND);
    assertThat(run.placed()).containsExactly(11L);

    // One slot for an hour, shared by two, comes to half an hour for each.
    run.uses(11, Duration.ofMinutes(29));
    assertThat(run.placed()).containsExactly(12L);
    run.uses(12, Duration.ofMinutes(29));
    assertThat(run.placed()).containsExactly(2L);
    run.uses(2, Duration.ofMinutes(29));
    assertThat(run.placed()).containsExactly(13L);
    run.uses(13, MINUTE.multipliedBy(2));
    assertThat(run.placed()).containsExactly(3L);
  }

  @Test
  void the_longest_remaining_chain_goes_first_among_those_that_wait_as_long() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));

    run.submit(GOING_ON, build(1), build(2), build(3, 2), build(4), build(5, 4), build(6, 5));

    assertThat(run.placed()).containsExactly(4L);
    run.uses(4, SECOND);
    assertThat(run.placed()).containsExactly(2L);
    run.uses(2, SECOND);
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_link_counts_as_a_sixtieth_of_an_ageing_of_waiting() {
    ScriptedRun run = ScriptedRun.sharing(AGEING_IN_AN_HOUR, machine("m", 1));
    run.submit(1, GOING_ON, builds(1, 3));
    run.pass(MINUTE.minus(SECOND));
    run.submit(2, GOING_ON, build(4), build(5, 4));
    run.pass(SECOND.multipliedBy(2));
    run.submit(3, GOING_ON, build(6), build(7, 6));

    run.uses(1, SECOND);
    assertThat(run.placed()).containsExactly(4L);
    run.uses(4, SECOND);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void the_longest_chain_counts_for_less_than_a_level_of_priority() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    BuildSpec[] chain =
        LongStream.rangeClosed(100, 299)
            .mapToObj(each -> each == 100 ? build(each) : build(each, each - 1))
            .toArray(BuildSpec[]::new);
    run.submitEach(A, builds(1, 1));
    run.tell(new Event.Submitted(new RequestId(2), List.of(chain), GOING_ON, A));
    run.submitEach(A.withPriority(1), build(3));

    run.uses(1, SECOND);

    assertThat(run.placed()).containsExactly(3L);
  }

  @Test
  void builds_alike_in_all_else_go_in_the_order_in_which_they_came() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1));
    run.submitEach(A, build(3), build(7));
    run.submitEach(B, build(1));
    run.pass(SECOND);
    run.submitEach(A, build(4));

    run.uses(3, SECOND);
    assertThat(run.placed()).containsExactly(1L);
    run.uses(1, SECOND);
    assertThat(run.placed()).containsExactly(7L);
    run.uses(7, SECOND);
    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void a_build_keeps_its_place_when_its_slot_is_refused_or_its_machine_fails() {
    ScriptedRun run = ScriptedRun.on(machine("m", 1), machine("n", 1));
    run.submitEach(A, build(1), build(2));
    run.pass(MINUTE);
    run.submitEach(A, builds(3, 9));
    run.refuse(1);
    run.grant(2);

    // The machine that refused is asked again before the one that failed has rested.
    run.fail(2, machineFailure());
    run.pass(MachineBook.ASK_AGAIN);
    assertThat(run.placed()).containsExactly(1L);
    run.uses(1, SECOND);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void a_caller_passed_over_for_an_ageing_is_next_where_its_builds_fit() {
    Demand kvm = LINUX.requiring("kvm");
    ScriptedRun run =
        ScriptedRun.sharing(
            AGEING_IN_AN_HOUR,
            linux("special").maxJobs(1).supporting("kvm").build(),
            machine("plain", 50));
    run.submitEach(B, build(100, kvm), build(101, kvm), build(102, kvm), build(103, kvm));
    run.submitEach(A, builds(1, 50));
    run.submitEach(A, build(200, kvm));
    for (long each = 1; each <= 50; each++) {
      run.grant(each);
    }

    run.uses(100, Duration.ofMinutes(40));
    assertThat(run.placed()).containsExactly(101L);
    run.uses(101, Duration.ofMinutes(19));
    assertThat(run.placed()).containsExactly(102L);
    run.uses(102, MINUTE);
    assertThat(run.placed()).containsExactly(200L);
    run.uses(200, MINUTE);
    assertThat(run.placed()).containsExactly(103L);
  }
}
