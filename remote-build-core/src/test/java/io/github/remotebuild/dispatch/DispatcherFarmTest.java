package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.FIRST_REST;
import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.patient;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.Decision;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Machines come, go and change while builds wait and run. */
class DispatcherFarmTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final RequestRules PATIENT = patient(MINUTE);
  private static final Machine A = machine("a", 1);
  private static final Machine B = machine("b", 1);
  private static final Machine ARM = Machine.at("arm").forSystems("aarch64-linux").build();

  private static BuildEnd.Failed failed(ScriptedRun run, long build) {
    assertThat(run.ends.get(build)).isInstanceOf(BuildEnd.Failed.class);
    return (BuildEnd.Failed) run.ends.get(build);
  }

  // ---- a machine is added

  @Test
  void a_build_that_waits_is_placed_at_once_when_a_machine_that_fits_is_added() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1), build(2));
    run.grant(1);

    run.change(A, B);

    assertThat(run.placed()).containsExactly(2L);
    assertThat(run.machineOf(2)).isEqualTo("b");
    assertThat(run.reports()).containsExactly(new MachineReport.Added(B));
  }

  @Test
  void a_build_that_waits_is_placed_when_the_line_of_a_machine_changes_so_that_it_fits() {
    Machine withKvm = linux("a").supporting("kvm").build();
    Machine b = linux("b").supporting("kvm").build();
    ScriptedRun run = ScriptedRun.on(A, b);
    run.submit(PATIENT, build(1, LINUX.requiring("kvm")), build(2, LINUX.requiring("kvm")));
    assertThat(run.placed()).containsExactly(1L);

    run.change(withKvm, b);

    assertThat(run.placed()).containsExactly(2L);
    assertThat(run.reports()).containsExactly(new MachineReport.Changed(A, withKvm));
  }

  @Test
  void a_machine_added_in_front_changes_nothing_for_what_runs_behind_it() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1), build(2));
    run.grant(1);

    run.change(ARM, A);

    assertThat(run.placed()).isEmpty();
    run.succeed(1);
    assertThat(run.placed()).containsExactly(2L);
    assertThat(run.machineOf(2)).isEqualTo("a");
  }

  @Test
  void the_same_list_again_changes_nothing_and_tells_nothing() {
    ScriptedRun run = ScriptedRun.on(A, B);
    run.submit(PATIENT, build(1), build(2), build(3));

    run.change(machine("a", 1), machine("b", 1));

    assertThat(run.last).isEmpty();
  }

  // ---- a machine is removed

  @Test
  void what_runs_on_a_removed_machine_runs_to_its_end_and_gives_its_slot_back() {
    ScriptedRun run = ScriptedRun.on(A, B);
    run.submit(PATIENT, build(1), build(2), build(3));
    run.grant(1);
    run.grant(2);

    run.change(B);
    assertThat(run.reports()).containsExactly(new MachineReport.Removed(A, 1));
    assertThat(run.last(Effect.StopAttempt.class)).isEmpty();
    run.slotDone(1);

    assertThat(run.last).containsExactly(new Effect.ReleaseLease(run.attempt(1)));
    run.succeed(1);
    assertThat(run.ends.get(1L)).isEqualTo(new BuildEnd.Succeeded());
    assertThat(run.reports()).containsExactly(new MachineReport.Emptied(A));
    assertThat(run.isPlaced(3)).isFalse();
  }

  @Test
  void a_removed_machine_on_which_nothing_runs_is_empty_at_once() {
    ScriptedRun run = ScriptedRun.on(A, B);

    run.change(B);

    assertThat(run.reports())
        .containsExactly(new MachineReport.Removed(A, 0), new MachineReport.Emptied(A));
  }

  @Test
  void a_build_that_was_given_a_removed_machine_and_has_not_begun_goes_elsewhere() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1));
    AttemptId first = run.attempt(1);

    run.change(B);
    run.grant(1);

    assertThat(run.last)
        .containsSubsequence(
            new Effect.ReleaseLease(first),
            new Effect.ReportMachine(new MachineReport.Emptied(A)),
            new Effect.RequestLease(run.attempt(1), new BuildId(1), B));
    run.grant(1);
    assertThat(run.last(Effect.StartAttempt.class).get(0).number()).isEqualTo(1);
  }

  @Test
  void a_build_that_is_lost_with_a_removed_machine_is_tried_on_another() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.change(B);

    run.fail(1, machineFailure());

    assertThat(run.machineOf(1)).isEqualTo("b");
  }

  @Test
  void the_slot_of_a_removed_machine_that_is_lost_stops_its_build() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.change(B);

    run.lose(1);

    assertThat(run.last(Effect.StopAttempt.class)).hasSize(1);
  }

  @Test
  void a_machine_that_returns_while_builds_of_before_run_there_counts_them() {
    Machine two = machine("a", 2);
    ScriptedRun run = ScriptedRun.on(two);
    run.submit(PATIENT, build(1), build(2), build(3));
    run.grant(1);
    run.grant(2);
    run.change();

    run.change(two);

    assertThat(run.reports()).containsExactly(new MachineReport.Added(two));
    assertThat(run.placed()).isEmpty();
    run.succeed(1);
    assertThat(run.placed()).containsExactly(3L);
    assertThat(run.reports()).isEmpty();
  }

  @Test
  void a_rest_outlasts_a_quick_removal_and_return() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.fail(1, machineFailure());
    run.change();

    run.change(A);

    assertThat(run.placed()).isEmpty();
    run.pass(FIRST_REST);
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void an_outage_noticed_by_the_last_build_of_a_removed_machine_counts_when_it_returns() {
    ScriptedRun run = ScriptedRun.on(A, B);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.change(B);
    run.fail(1, machineFailure());
    assertThat(run.machineOf(1)).isEqualTo("b");

    run.change(A, B);
    run.submit(2, PATIENT, build(2));

    assertThat(run.isPlaced(2)).isFalse();
    run.pass(FIRST_REST);
    assertThat(run.machineOf(2)).isEqualTo("a");
  }

  @Test
  void what_a_machine_did_is_forgotten_when_it_is_gone_and_its_rest_is_over() {
    ScriptedRun run = ScriptedRun.on(A, B);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.change(B);
    run.fail(1, machineFailure());
    run.pass(FIRST_REST);

    run.change(machine("a", 2), B);
    run.submit(2, PATIENT, build(2), build(3));

    // On trial it would get one build at a time.
    assertThat(run.placed()).containsExactly(2L, 3L);
    assertThat(run.machineOf(2)).isEqualTo("a");
    assertThat(run.machineOf(3)).isEqualTo("a");
  }

  // ---- a machine is changed

  @Test
  void builds_beyond_a_smaller_max_jobs_run_on_and_no_new_one_comes_before_they_are_below_it() {
    ScriptedRun run = ScriptedRun.on(machine("a", 3));
    run.submit(PATIENT, build(1), build(2), build(3), build(4));
    run.grant(1);
    run.grant(2);
    run.grant(3);

    run.change(machine("a", 1));

    run.succeed(1);
    run.succeed(2);
    assertThat(run.isPlaced(4)).isFalse();
    run.succeed(3);
    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void a_larger_max_jobs_takes_more_builds_at_once() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1), build(2), build(3));
    run.grant(1);

    run.change(machine("a", 2));

    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void slots_granted_for_a_line_that_has_changed_since_are_given_back_and_asked_for_anew() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(PATIENT, build(1), build(2));
    Machine one = machine("a", 1);
    run.change(one);

    run.grant(1);
    assertThat(run.last(Effect.StartAttempt.class)).isEmpty();
    assertThat(run.last(Effect.ReleaseLease.class)).hasSize(1);
    assertThat(run.placed()).isEmpty();
    run.grant(2);

    assertThat(run.placed()).containsExactly(1L);
    assertThat(run.last(Effect.RequestLease.class).get(0).machine()).isEqualTo(one);
  }

  @Test
  void a_line_that_names_the_same_store_in_another_way_is_the_same_machine() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1), build(2));
    run.grant(1);

    run.change(linux("ssh-ng://a").forSystems("x86_64-linux", "i686-linux").build());

    assertThat(run.placed()).isEmpty();
    run.succeed(1);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void two_lines_of_one_host_rest_together_and_count_their_slots_apart_also_when_one_goes() {
    Machine small = linux("h").maxJobs(1).speedFactor(9).build();
    Machine big = linux("h").maxJobs(1).supporting("big").build();
    ScriptedRun run = ScriptedRun.on(small, big, B);
    run.submit(PATIENT, build(1), build(2, LINUX.requiring("big")));
    assertThat(run.placed()).containsExactly(1L, 2L);
    run.grant(1);
    run.grant(2);

    run.change(big, B);
    run.slotDone(2);
    run.submit(2, PATIENT, build(3, LINUX.requiring("big")));
    assertThat(run.placed()).containsExactly(3L);
    run.grant(3);
    run.fail(1, machineFailure());

    assertThat(run.last(Effect.ReportResting.class)).hasSize(1);
    run.slotDone(3);
    run.submit(3, PATIENT, build(4, LINUX.requiring("big")));
    assertThat(run.isPlaced(4)).isFalse();
  }

  // ---- who waits, and who is declined

  @Test
  void with_patience_a_build_waits_for_a_machine_that_was_there_once() {
    ScriptedRun run = ScriptedRun.on(A, linux("k").supporting("kvm").build());
    run.change(A);

    run.submit(PATIENT, build(1, LINUX.requiring("kvm")));

    assertThat(run.ends).isEmpty();
    assertThat(run.last(Effect.ReportWaiting.class).get(0).reason())
        .extracting(reason -> ((WaitReason.NoMachine) reason).decision())
        .isInstanceOf(Decision.Decline.class);
    run.change(linux("k").supporting("kvm").build());
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void patience_for_a_machine_that_was_there_once_ends_on_time() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1), build(2));
    run.grant(1);
    run.change();
    assertThat(run.wake()).isEqualTo(run.now.plus(MINUTE));

    run.pass(MINUTE.minusMillis(1));
    assertThat(run.ends).isEmpty();
    run.pass(Duration.ofMillis(1));

    assertThat(run.ends).containsOnlyKeys(2L);
    assertThat(failed(run, 2).failure().cause()).isEqualTo(FailureCause.NO_MACHINE);
  }

  @Test
  void without_patience_a_build_whose_last_machine_is_removed_fails_and_is_not_declined() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(GOING_ON, build(1), build(2));
    run.grant(1);

    run.change(ARM);

    assertThat(failed(run, 2).failure().cause()).isEqualTo(FailureCause.NO_MACHINE);
    assertThat(failed(run, 2).failure().message()).contains("arm: runs aarch64-linux");
    assertThat(run.ends).doesNotContainKey(1L);
  }

  @Test
  void what_no_machine_could_take_before_or_after_a_change_is_declined_at_once() {
    ScriptedRun run = ScriptedRun.on(A);
    run.change(B);

    run.submit(PATIENT, build(1, LINUX.requiring("kvm")));

    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Declined.class);
  }

  @Test
  void a_build_that_tried_a_machine_which_is_gone_waits_for_any_other() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.change();
    run.fail(1, machineFailure());
    assertThat(run.ends).isEmpty();

    run.change(B);

    assertThat(run.placed()).containsExactly(1L);
  }

  // ---- orders

  @Test
  void a_draining_machine_ends_what_it_has_and_takes_nothing_new_until_it_is_resumed() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(1, PATIENT, build(1));
    run.grant(1);

    run.order(machine("a", 2), new MachineOrder.Drain("reboot"));
    assertThat(run.reports())
        .containsExactly(new MachineReport.Draining(machine("a", 2), "reboot", 1));
    run.submit(2, PATIENT, build(2));

    assertThat(run.isPlaced(2)).isFalse();
    assertThat(run.last(Effect.ReportWaiting.class).get(0).reason().explain())
        .contains("a: takes nothing new: reboot");
    run.succeed(1);
    assertThat(run.reports()).containsExactly(new MachineReport.Emptied(machine("a", 2)));
    run.order(machine("a", 2), new MachineOrder.Resume());
    assertThat(run.reports()).containsExactly(new MachineReport.Resumed(machine("a", 2)));
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void a_build_that_waits_for_a_draining_machine_waits_as_long_as_its_patience() {
    ScriptedRun run = ScriptedRun.on(A);
    run.order(A, new MachineOrder.Drain("reboot"));
    run.submit(PATIENT, build(1));

    run.pass(MINUTE);

    assertThat(failed(run, 1).failure().message()).contains("a: takes nothing new: reboot");
  }

  @Test
  void a_drain_outlasts_a_change_of_the_line_and_ends_with_its_removal() {
    ScriptedRun run = ScriptedRun.on(A);
    run.order(A, new MachineOrder.Drain("reboot"));
    Machine larger = machine("a", 4);
    run.change(larger);
    run.submit(PATIENT, build(1));
    assertThat(run.isPlaced(1)).isFalse();
    run.change();

    run.change(larger);

    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_slot_granted_on_a_machine_that_began_to_drain_is_given_back() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(PATIENT, build(1));
    run.order(A, new MachineOrder.Drain("reboot"));

    run.grant(1);

    assertThat(run.last(Effect.StartAttempt.class)).isEmpty();
    assertThat(run.last(Effect.ReleaseLease.class)).hasSize(1);
    assertThat(run.reports()).containsExactly(new MachineReport.Emptied(A));
  }

  @Test
  void a_disabled_machine_counts_as_missing_and_not_as_never_there() {
    ScriptedRun run = ScriptedRun.on(A);
    run.order(A, new MachineOrder.Disable("sold"));
    assertThat(run.reports())
        .containsExactly(new MachineReport.Disabled(A, "sold", 0), new MachineReport.Emptied(A));

    run.submit(PATIENT, build(1));

    assertThat(run.ends).isEmpty();
    assertThat(run.last(Effect.ReportWaiting.class).get(0).reason().explain())
        .contains("a: is disabled: sold");
    run.order(A, new MachineOrder.Resume());
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void a_build_without_patience_waits_for_the_slot_of_a_machine_that_was_resumed() {
    ScriptedRun run = ScriptedRun.on(A);
    run.submit(1, GOING_ON, build(1));
    run.grant(1);
    run.order(A, new MachineOrder.Disable("check"));
    run.submit(2, patient(MINUTE), build(2));
    run.order(A, new MachineOrder.Resume());

    run.pass(MINUTE.multipliedBy(2));

    assertThat(run.ends).isEmpty();
    run.succeed(1);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void an_order_given_twice_or_to_a_machine_that_is_not_listed_is_no_news() {
    ScriptedRun run = ScriptedRun.on(A);
    run.order(A, new MachineOrder.Drain("reboot"));

    run.order(A, new MachineOrder.Drain("reboot"));
    assertThat(run.reports()).isEmpty();
    run.order(B, new MachineOrder.Drain("reboot"));
    assertThat(run.reports()).isEmpty();
    run.order(A, new MachineOrder.EndRest());
    assertThat(run.reports()).isEmpty();
    run.order(A, new MachineOrder.Rest(run.now, "no time at all"));
    assertThat(run.reports()).isEmpty();
  }

  @Test
  void a_rest_by_order_ends_by_itself_and_without_a_trial() {
    Machine two = machine("a", 2);
    ScriptedRun run = ScriptedRun.on(two);
    run.order(two, new MachineOrder.Rest(run.now.plusSeconds(5), "backup"));
    assertThat(run.reports())
        .containsExactly(new MachineReport.Resting(two, run.now.plusSeconds(5), "backup"));
    run.submit(PATIENT, build(1), build(2));
    assertThat(run.last(Effect.ReportWaiting.class).get(0).reason().explain())
        .contains("a: rests until")
        .contains("backup");

    run.pass(Duration.ofSeconds(5));

    assertThat(run.placed()).containsExactly(1L, 2L);
  }

  @Test
  void a_rest_by_order_is_not_ended_by_a_completed_build_nor_cut_short_by_a_failure() {
    Machine two = machine("a", 2);
    ScriptedRun run = ScriptedRun.on(two);
    run.submit(PATIENT, build(1), build(2));
    run.grant(1);
    run.grant(2);
    run.order(two, new MachineOrder.Rest(run.now.plusSeconds(30), "backup"));

    run.succeed(1);
    run.fail(2, machineFailure());
    run.pass(FIRST_REST);

    assertThat(run.placed()).isEmpty();
    run.pass(Duration.ofSeconds(20));
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void ending_a_rest_by_order_forgets_the_failures_of_every_line_of_the_host() {
    Machine other = linux("ssh-ng://a").maxJobs(2).build();
    ScriptedRun run = ScriptedRun.on(A, other);
    run.submit(PATIENT, build(1));
    run.grant(1);
    run.fail(1, machineFailure());
    run.submit(2, PATIENT, build(2), build(3));
    assertThat(run.placed()).isEmpty();

    run.order(A, new MachineOrder.EndRest());

    assertThat(run.reports()).containsExactly(new MachineReport.RestEnded(A));
    // No trial: all slots are used.
    assertThat(run.placed()).hasSize(3);
  }
}
