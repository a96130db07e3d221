package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.FIRST_REST;
import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.failure;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.patient;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.RetryAdvice;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DispatcherWaitTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Failure endOf(ScriptedRun run, long build) {
    assertThat(run.ends.get(build)).isInstanceOf(BuildEnd.Failed.class);
    return ((BuildEnd.Failed) run.ends.get(build)).failure();
  }

  @Test
  void what_no_machine_could_ever_take_is_declined_at_once_whatever_the_patience() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1), machine("off", 0));

    run.submit(patient(MINUTE), build(1, LINUX.requiring("kvm")), build(2));

    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Declined.class);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void a_farm_of_which_every_machine_has_max_jobs_0_declines() {
    ScriptedRun run = ScriptedRun.on(machine("off", 0));

    run.submit(patient(MINUTE), build(1));

    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Declined.class);
    assertThat(run.last(Effect.ReportRequestEnd.class)).hasSize(1);
  }

  @Test
  void without_patience_a_build_fails_at_once_when_no_machine_is_left_to_try() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(endOf(run, 1)).isEqualTo(machineFailure());
  }

  @Test
  void without_patience_builds_that_were_not_tried_fail_with_the_reason_of_each_machine() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1), build(2));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(endOf(run, 2).cause()).isEqualTo(FailureCause.NO_MACHINE);
    assertThat(endOf(run, 2).message()).contains("a: rests until").contains("it broke");
  }

  @Test
  void without_patience_a_build_still_waits_for_a_busy_machine() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1), machine("b", 1));
    run.submit(GOING_ON, build(1), build(2), build(3));
    run.grant(1);
    run.grant(2);

    run.fail(1, machineFailure());
    assertThat(run.ends).isEmpty();
    run.pass(Duration.ofHours(5));
    run.succeed(2);
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void without_patience_a_build_waits_for_slots_that_others_hold() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1));

    run.refuse(1);

    assertThat(run.ends).isEmpty();
  }

  @Test
  void without_patience_a_build_waits_for_the_result_of_a_probe() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(1, patient(MINUTE), build(1));
    run.grant(1);
    run.fail(1, machineFailure());
    run.pass(FIRST_REST);
    run.grant(1);

    run.submit(2, GOING_ON, build(2));
    assertThat(run.ends).isEmpty();
    run.fail(1, machineFailure());
    assertThat(endOf(run, 2).cause()).isEqualTo(FailureCause.NO_MACHINE);
  }

  @Test
  void with_patience_a_machine_that_was_tried_is_tried_again_when_it_returns() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(MINUTE), build(1));
    run.grant(1);

    run.fail(1, machineFailure());
    assertThat(run.last(Effect.ReportWaiting.class)).hasSize(1);
    run.pass(FIRST_REST);

    assertThat(run.placed()).containsExactly(1L);
    run.grant(1);
    run.succeed(1);
    assertThat(run.ends.get(1L)).isEqualTo(new BuildEnd.Succeeded());
  }

  @Test
  void with_patience_a_machine_that_was_tried_and_does_not_rest_is_tried_again_at_once() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(MINUTE), build(1));
    run.grant(1);

    run.fail(1, failure(Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE));

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void patience_counts_from_when_the_last_machine_was_gone_and_ends_on_time() {
    Duration patience = Duration.ofSeconds(4);
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(1, patient(Duration.ofHours(1)), build(1));
    run.submit(2, patient(patience), build(2));
    run.pass(Duration.ofHours(1));
    run.grant(1);

    run.fail(1, machineFailure());
    assertThat(run.wake()).isEqualTo(run.now.plus(patience));
    run.pass(patience.minusNanos(1));
    assertThat(run.ends).isEmpty();
    run.pass(Duration.ofNanos(1));

    assertThat(run.ends).containsOnlyKeys(2L);
    assertThat(endOf(run, 2).cause()).isEqualTo(FailureCause.NO_MACHINE);
    assertThat(run.wake()).isEqualTo(run.now.plus(FIRST_REST.minus(patience)));
  }

  @Test
  void patience_counts_for_each_build_from_when_it_was_ready() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    Duration patience = Duration.ofSeconds(6);
    run.submit(1, patient(Duration.ofHours(1)), build(1));
    run.grant(1);
    run.fail(1, machineFailure());

    run.submit(2, patient(patience), build(2));
    run.pass(Duration.ofSeconds(3));
    run.submit(3, patient(patience), build(3));
    run.pass(Duration.ofSeconds(3));
    assertThat(run.ends).containsOnlyKeys(2L);
    run.pass(Duration.ofSeconds(3));
    assertThat(run.ends).containsOnlyKeys(2L, 3L);
  }

  @Test
  void probes_that_fail_do_not_begin_the_patience_of_others_anew() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(1, patient(Duration.ofHours(1)), build(1));
    run.submit(2, patient(Duration.ofSeconds(25)), build(2));
    run.grant(1);
    run.fail(1, machineFailure());
    run.pass(FIRST_REST);
    run.grant(1);
    run.fail(1, machineFailure());

    run.pass(Duration.ofSeconds(15));

    assertThat(run.ends).containsOnlyKeys(2L);
  }

  @Test
  void a_completed_build_begins_the_patience_anew() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(1, patient(Duration.ofHours(1)), build(1), build(2));
    run.submit(2, patient(Duration.ofSeconds(15)), build(3));
    run.grant(1);
    run.fail(1, machineFailure());
    run.pass(FIRST_REST);
    run.grant(1);
    run.succeed(1);
    run.grant(2);
    run.fail(2, machineFailure());

    run.pass(Duration.ofSeconds(9));

    assertThat(run.ends).containsOnlyKeys(1L);
  }

  @Test
  void a_machine_that_returns_when_patience_ends_is_in_time() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(FIRST_REST), build(1));
    run.grant(1);
    run.fail(1, machineFailure());

    run.pass(FIRST_REST);

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void patience_may_be_longer_than_time_can_count() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(Duration.ofSeconds(Long.MAX_VALUE)), build(1), build(2));
    run.grant(1);

    run.fail(1, machineFailure());
    assertThat(run.wake()).isEqualTo(run.now.plus(FIRST_REST));
    run.pass(FIRST_REST);

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void the_last_failure_is_what_a_tried_build_ends_with_when_patience_is_over() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(Duration.ofSeconds(2)), build(1));
    run.grant(1);
    run.fail(1, machineFailure());

    run.pass(Duration.ofSeconds(2));

    assertThat(endOf(run, 1)).isEqualTo(machineFailure());
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void a_lost_lease_is_not_named_as_the_reason_when_a_machine_went_away_later() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(GOING_ON, build(1), build(2));
    run.grant(1);
    run.grant(2);
    run.lose(2);
    run.fail(2, machineFailure());

    run.fail(1, machineFailure());

    assertThat(endOf(run, 2).cause()).isEqualTo(FailureCause.NO_MACHINE);
  }

  @Test
  void a_build_is_told_to_wait_again_after_an_attempt() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(MINUTE), build(1));
    run.refuse(1);
    assertThat(run.last(Effect.ReportWaiting.class)).hasSize(1);
    run.pass(MachineBook.ASK_AGAIN);
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(run.last(Effect.ReportWaiting.class)).hasSize(1);
  }

  @Test
  void a_wish_to_be_woken_is_not_repeated_while_it_stands() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(1, patient(MINUTE), build(1));
    run.grant(1);
    run.fail(1, machineFailure());
    assertThat(run.last(Effect.WakeAt.class)).hasSize(1);

    run.submit(2, patient(MINUTE), build(2));
    assertThat(run.last(Effect.WakeAt.class)).isEmpty();
    run.tell(new Event.Woken());
    assertThat(run.wake()).isEqualTo(run.now.plus(FIRST_REST));
  }
}
