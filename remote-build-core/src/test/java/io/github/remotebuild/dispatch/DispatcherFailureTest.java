package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.FIRST_REST;
import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.STOPPING;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.derivationFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.failure;
import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.patient;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.RetryAdvice;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DispatcherFailureTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Failure endOf(ScriptedRun run, long build) {
    assertThat(run.ends.get(build)).isInstanceOf(BuildEnd.Failed.class);
    return ((BuildEnd.Failed) run.ends.get(build)).failure();
  }

  @Test
  void a_machines_failure_moves_the_build_to_a_machine_not_yet_tried() {
    ScriptedRun run =
        ScriptedRun.on(
            linux("fast").maxJobs(1).speedFactor(3).build(),
            linux("middle").maxJobs(1).speedFactor(2).build(),
            machine("slow", 1));
    run.submit(STOPPING, build(1));
    run.grant(1);

    run.fail(1, machineFailure());
    assertThat(run.machineOf(1)).isEqualTo("middle");
    run.grant(1);
    assertThat(run.last(Effect.StartAttempt.class).get(0).number()).isEqualTo(2);
    run.now = run.now.plus(HOUR);
    run.fail(1, machineFailure());
    assertThat(run.machineOf(1)).isEqualTo("slow");

    run.grant(1);
    run.succeed(1);
    assertThat(run.ends.get(1L)).isEqualTo(new BuildEnd.Succeeded());
  }

  @Test
  void another_entry_of_a_host_that_was_tried_is_no_other_machine() {
    ScriptedRun run =
        ScriptedRun.on(
            linux("ssh://h").maxJobs(1).speedFactor(3).build(),
            linux("ssh-ng://h").maxJobs(1).speedFactor(2).build(),
            machine("other", 1));
    run.submit(STOPPING, build(1));
    run.grant(1);

    run.fail(1, failure(Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE));

    assertThat(run.machineOf(1)).isEqualTo("other");
  }

  @Test
  void another_store_on_a_host_that_was_tried_is_another_machine() {
    ScriptedRun run =
        ScriptedRun.on(
            linux("ssh://h?remote-store=/one").maxJobs(1).speedFactor(3).build(),
            linux("ssh://h?remote-store=/two").maxJobs(1).speedFactor(2).build());
    run.submit(STOPPING, build(1));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_derivations_failure_is_final_and_never_rests_a_machine() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1), machine("b", 1));
    run.submit(GOING_ON, build(1), build(2), build(3));
    run.grant(1);

    run.fail(1, failure(Culprit.DERIVATION, RetryAdvice.OTHER_MACHINE));

    assertThat(endOf(run, 1).culprit()).isEqualTo(Culprit.DERIVATION);
    assertThat(run.last(Effect.ReportResting.class)).isEmpty();
    assertThat(run.placed()).containsExactly(3L);
    assertThat(run.machineOf(3)).isEqualTo("a");
  }

  @Test
  void an_attempt_that_may_be_repeated_on_the_same_machine_is() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));
    run.grant(1);

    run.fail(1, failure(Culprit.HUB, RetryAdvice.SAME_MACHINE));

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void the_attempt_limit_ends_it_with_the_last_failure() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(new RequestRules(OnFailure.STOP, HOUR, 2), build(1));
    Failure failure = failure(Culprit.UNKNOWN, RetryAdvice.SAME_MACHINE);
    run.grant(1);
    run.fail(1, failure);
    run.grant(1);

    run.fail(1, failure);

    assertThat(endOf(run, 1)).isEqualTo(failure);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void refusals_are_no_attempts() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(new RequestRules(OnFailure.STOP, Duration.ZERO, 1), build(1));
    for (int i = 0; i < 3; i++) {
      run.refuse(1);
      run.pass(MachineBook.ASK_AGAIN);
    }

    run.grant(1);

    assertThat(run.last(Effect.StartAttempt.class).get(0).number()).isEqualTo(1);
  }

  @Test
  void one_outage_is_counted_once_for_parallel_attempts_and_for_all_entries_of_the_host() {
    ScriptedRun run = ScriptedRun.on(machine("ssh://h", 2), machine("ssh-ng://h", 1));
    run.submit(patient(HOUR), build(1), build(2), build(3));
    run.grant(1);
    run.grant(2);
    run.grant(3);

    run.fail(1, machineFailure());
    Instant until = run.now.plus(FIRST_REST);
    assertThat(run.last(Effect.ReportResting.class))
        .extracting(Effect.ReportResting::until)
        .containsExactly(until);
    run.fail(2, machineFailure());
    assertThat(run.last(Effect.ReportResting.class)).isEmpty();
    run.now = run.now.plusSeconds(1);
    run.fail(3, machineFailure());
    assertThat(run.last(Effect.ReportResting.class)).isEmpty();

    run.pass(FIRST_REST.minusSeconds(1));
    assertThat(run.placed()).hasSize(1);
  }

  @Test
  void rests_grow_up_to_the_bound_until_a_build_is_completed() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(new RequestRules(OnFailure.KEEP_GOING, HOUR, 99), build(1), build(2));
    for (int seconds : new int[] {10, 20, 40, 60, 60}) {
      run.grant(1);
      run.fail(1, machineFailure());
      assertThat(run.last(Effect.ReportResting.class))
          .extracting(Effect.ReportResting::until)
          .containsExactly(run.now.plusSeconds(seconds));
      run.pass(Duration.ofSeconds(seconds));
    }
    run.grant(1);
    run.succeed(1);
    run.grant(2);

    run.fail(2, machineFailure());

    assertThat(run.last(Effect.ReportResting.class))
        .extracting(Effect.ReportResting::until)
        .containsExactly(run.now.plus(FIRST_REST));
  }

  @Test
  void after_a_rest_there_is_one_probe_until_a_build_is_completed() {
    ScriptedRun run = ScriptedRun.on(machine("a", 3));
    run.submit(patient(HOUR), build(1), build(2), build(3));
    run.grant(1);
    run.grant(2);
    run.grant(3);
    run.fail(1, machineFailure());
    run.fail(2, machineFailure());
    run.fail(3, machineFailure());

    run.pass(FIRST_REST);
    assertThat(run.placed()).containsExactly(1L);
    run.grant(1);
    run.slotDone(1);
    assertThat(run.placed()).isEmpty();
    run.succeed(1);
    assertThat(run.placed()).containsExactly(2L, 3L);
  }

  @Test
  void a_probe_that_ends_without_telling_anything_leaves_its_place_to_the_next() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(1, patient(HOUR), build(1));
    run.submit(2, patient(HOUR), build(2), build(3));
    run.grant(1);
    run.fail(1, machineFailure());
    run.grant(2);
    run.fail(2, machineFailure());
    run.pass(FIRST_REST);
    assertThat(run.placed()).containsExactly(1L);

    run.cancel();
    run.grant(1);

    assertThat(run.placed()).containsExactly(2L);
    run.refuse(2);
    run.pass(MachineBook.ASK_AGAIN);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void the_wish_to_be_woken_names_the_end_of_the_rest() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(patient(HOUR), build(1));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(run.wake()).isEqualTo(run.now.plus(FIRST_REST));
  }

  @Test
  void a_refused_slot_is_asked_for_again_some_time_later() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));

    run.refuse(1);
    assertThat(run.placed()).isEmpty();
    assertThat(run.wake()).isEqualTo(run.now.plus(MachineBook.ASK_AGAIN));
    run.pass(MachineBook.ASK_AGAIN.minusNanos(1));
    assertThat(run.placed()).isEmpty();
    run.pass(Duration.ofNanos(1));
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_refused_slot_is_asked_for_again_when_one_of_ours_is_freed() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(STOPPING, build(1), build(2));
    run.grant(1);
    run.refuse(2);
    assertThat(run.placed()).isEmpty();

    run.slotDone(1);

    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void a_refused_build_goes_to_another_machine_that_is_free() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1), machine("b", 1));
    run.submit(STOPPING, build(1));
    String first = run.machineOf(1);

    run.refuse(1);

    assertThat(run.placed()).containsExactly(1L);
    assertThat(run.machineOf(1)).isNotEqualTo(first);
  }

  @Test
  void a_lost_lease_stops_the_attempt_and_moves_the_build() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1), machine("b", 1));
    run.submit(GOING_ON, build(1));
    run.grant(1);
    AttemptId first = run.attempt(1);

    run.lose(1);
    assertThat(run.last(Effect.StopAttempt.class))
        .extracting(Effect.StopAttempt::attempt)
        .containsExactly(first);
    run.fail(1, machineFailure());

    assertThat(run.last(Effect.ReleaseLease.class)).isEmpty();
    assertThat(run.last(Effect.ReportResting.class)).isEmpty();
    assertThat(run.machineOf(1)).isEqualTo("b");
  }

  @Test
  void the_slot_of_a_lost_lease_is_not_given_away_while_the_build_still_runs() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1), build(2));
    run.grant(1);

    run.lose(1);
    run.pass(MachineBook.ASK_AGAIN);
    assertThat(run.placed()).isEmpty();
    run.fail(1, machineFailure());

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_lease_lost_again_and_again_ends_the_build_at_the_attempt_limit() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(new RequestRules(OnFailure.STOP, Duration.ZERO, 2), build(1));
    for (int i = 0; i < 2; i++) {
      run.grant(1);
      run.lose(1);
      run.fail(1, machineFailure());
      run.pass(MachineBook.ASK_AGAIN);
    }

    assertThat(endOf(run, 1).cause()).isEqualTo(FailureCause.LEASE_LOST);
  }

  @Test
  void a_lease_lost_after_the_slot_was_given_back_changes_nothing() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1));
    run.grant(1);
    run.slotDone(1);

    assertThat(run.lose(1)).isEmpty();
    run.succeed(1);
    assertThat(run.lose(1)).isEmpty();
    assertThat(run.ends.get(1L)).isEqualTo(new BuildEnd.Succeeded());
  }

  @Test
  void a_verdict_that_came_before_the_stop_of_a_lost_lease_counts() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(GOING_ON, build(1), build(2));
    run.grant(1);
    run.grant(2);
    run.lose(1);
    run.lose(2);

    run.fail(1, derivationFailure());
    run.slotDone(2);
    run.succeed(2);

    assertThat(endOf(run, 1)).isEqualTo(derivationFailure());
    assertThat(run.ends.get(2L)).isEqualTo(new BuildEnd.Succeeded());
    assertThat(run.dispatcher.isIdle()).isTrue();
  }
}
