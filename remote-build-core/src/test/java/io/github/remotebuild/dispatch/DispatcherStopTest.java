package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.STOPPING;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.derivationFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DispatcherStopTest {
  private static final BuildEnd CANCELLED = new BuildEnd.Cancelled("enough");

  private static void assertIsOver(ScriptedRun run) {
    assertThat(run.last(Effect.ReportRequestEnd.class)).hasSize(1);
    assertThat(run.dispatcher.isIdle()).isTrue();
    // The only slot is free again.
    run.submit(9, STOPPING, build(99));
    assertThat(run.placed()).containsExactly(99L);
  }

  @Test
  void what_depends_on_a_failed_build_names_the_root_cause() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1), build(2, 1), build(3, 2), build(4), build(5, 4, 3));
    run.grant(1);

    run.fail(1, derivationFailure());

    BuildEnd rootCause = new BuildEnd.DependencyFailed(new BuildId(1));
    assertThat(run.ends)
        .containsEntry(2L, rootCause)
        .containsEntry(3L, rootCause)
        .containsEntry(5L, rootCause)
        .doesNotContainKey(4L);
  }

  @Test
  void what_depends_on_a_declined_build_names_it() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));

    run.submit(GOING_ON, build(1, LINUX.requiring("kvm")), build(2, 1), build(3));

    assertThat(run.ends.get(2L)).isEqualTo(new BuildEnd.DependencyFailed(new BuildId(1)));
    assertThat(run.placed()).containsExactly(3L);
  }

  @Test
  void with_keep_going_the_rest_goes_on() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(GOING_ON, build(1), build(2), build(3));
    run.grant(1);
    run.grant(2);

    run.fail(1, derivationFailure());

    assertThat(run.ends).containsOnlyKeys(1L);
    assertThat(run.last(Effect.StopAttempt.class)).isEmpty();
    assertThat(run.placed()).containsExactly(3L);
  }

  @Test
  void with_stop_everything_else_is_stopped_and_other_requests_are_not() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2), machine("b", 1));
    run.submit(1, STOPPING, build(1), build(2), build(3, 1), build(4, 2));
    run.submit(2, STOPPING, build(5));
    run.grant(1);
    run.grant(2);
    run.grant(5);

    run.fail(1, derivationFailure());
    assertThat(run.ends.get(3L)).isEqualTo(new BuildEnd.DependencyFailed(new BuildId(1)));
    assertThat(run.ends.get(4L)).isInstanceOf(BuildEnd.Cancelled.class);
    assertThat(run.last(Effect.StopAttempt.class))
        .extracting(Effect.StopAttempt::attempt)
        .containsExactly(run.attempt(2));
    assertThat(run.last(Effect.ReportRequestEnd.class)).isEmpty();

    run.fail(2, machineFailure());
    assertThat(run.ends.get(2L)).isInstanceOf(BuildEnd.Cancelled.class);
    assertThat(run.last(Effect.ReportResting.class)).isEmpty();
    assertThat(run.last(Effect.ReportRequestEnd.class)).hasSize(1);
    assertThat(run.dispatcher.unfinishedBuilds()).isEqualTo(1);
  }

  @Test
  void cancelled_before_it_was_placed() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(2, STOPPING, build(7));
    run.submit(1, STOPPING, build(1), build(2, 1));

    run.cancel();

    assertThat(run.ends).containsEntry(1L, CANCELLED).containsEntry(2L, CANCELLED);
    assertThat(run.last(Effect.ReportRequestEnd.class)).hasSize(1);
    run.grant(7);
    run.succeed(7);
    assertThat(run.placed()).isEmpty();
    assertIsOver(run);
  }

  @Test
  void cancelled_while_the_slot_is_asked_for_and_then_granted() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));

    run.cancel();
    assertThat(run.last).isEmpty();
    run.grant(1);

    assertThat(run.last)
        .containsExactly(
            new Effect.ReleaseLease(run.attempt(1)),
            new Effect.ReportEnd(new BuildId(1), CANCELLED),
            new Effect.ReportRequestEnd(new RequestId(1)));
    assertIsOver(run);
  }

  @Test
  void cancelled_while_the_slot_is_asked_for_and_then_refused() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));

    run.cancel();
    run.refuse(1);

    assertThat(run.last(Effect.ReleaseLease.class)).isEmpty();
    assertThat(run.ends.get(1L)).isEqualTo(CANCELLED);
    assertThat(run.dispatcher.isIdle()).isTrue();
    run.submit(9, STOPPING, build(99));
    run.pass(MachineBook.ASK_AGAIN);
    assertThat(run.placed()).containsExactly(99L);
  }

  @Test
  void cancelled_while_it_builds() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));
    run.grant(1);

    run.cancel();
    assertThat(run.last).containsExactly(new Effect.StopAttempt(run.attempt(1), "enough"));
    run.fail(1, machineFailure());

    assertThat(run.ends.get(1L)).isEqualTo(CANCELLED);
    assertThat(run.last(Effect.ReleaseLease.class)).hasSize(1);
    assertThat(run.last(Effect.ReportResting.class)).isEmpty();
    assertIsOver(run);
  }

  @Test
  void cancelled_while_it_fetches() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));
    run.grant(1);
    run.slotDone(1);

    run.cancel();
    assertThat(run.last).containsExactly(new Effect.StopAttempt(run.attempt(1), "enough"));
    run.fail(1, machineFailure());

    assertThat(run.last(Effect.ReleaseLease.class)).isEmpty();
    assertThat(run.ends.get(1L)).isEqualTo(CANCELLED);
    assertIsOver(run);
  }

  @Test
  void success_that_crosses_a_stop_is_success() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1), build(2, 1));
    run.grant(1);
    run.cancel();

    run.succeed(1);

    assertThat(run.ends).containsEntry(1L, new BuildEnd.Succeeded()).containsEntry(2L, CANCELLED);
    assertIsOver(run);
  }

  @Test
  void a_second_stop_stops_nothing_twice() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(STOPPING, build(1), build(2));
    run.grant(1);
    run.grant(2);
    run.cancel();

    assertThat(run.cancel()).isEmpty();
    run.fail(1, derivationFailure());
    assertThat(run.last(Effect.StopAttempt.class)).isEmpty();
  }

  @Test
  void a_lease_lost_while_stopping_and_a_stop_after_a_lost_lease_stop_once() {
    ScriptedRun run = ScriptedRun.on(machine("a", 2));
    run.submit(STOPPING, build(1), build(2));
    run.grant(1);
    run.grant(2);
    run.lose(1);
    run.cancel();
    assertThat(run.last(Effect.StopAttempt.class))
        .extracting(Effect.StopAttempt::attempt)
        .containsExactly(run.attempt(2));
    run.lose(2);
    assertThat(run.last(Effect.StopAttempt.class)).isEmpty();

    run.fail(1, machineFailure());
    run.fail(2, machineFailure());
    assertThat(run.ends).containsEntry(1L, CANCELLED).containsEntry(2L, CANCELLED);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void cancelling_what_is_over_or_unknown_does_nothing() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    assertThat(run.cancel()).isEmpty();
    run.submit(STOPPING, build(1));
    run.grant(1);
    run.succeed(1);

    assertThat(run.cancel()).isEmpty();
  }
}
