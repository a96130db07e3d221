package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.STOPPING;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.derivationFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.failure;
import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.patient;
import static io.github.remotebuild.dispatch.ScriptedRun.shared;
import static io.github.remotebuild.dispatch.ScriptedRun.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.RetryAdvice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One derivation that several requests want; the numbers of builds are those of requests. */
class DispatcherSharingTest {
  private static final BuildEnd SUCCEEDED = new BuildEnd.Succeeded();
  private static final BuildEnd CANCELLED = new BuildEnd.Cancelled("enough");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ScriptedRun run = ScriptedRun.on(machine("a", 4), machine("b", 4));

  /** A build of the derivation 100 that is to be kept if it fails. */
  private static BuildSpec otherwise(long number, String... outputs) {
    Wanted usual = wanted(100, outputs);
    Wanted kept = new Wanted(usual.derivation(), usual.outputs(), usual.options().keepingFailed());
    return new BuildSpec(new BuildId(number), kept, LINUX, Set.of());
  }

  private void submit(RequestRules rules, BuildSpec build) {
    run.submit(build.build().number(), rules, build);
  }

  private void submitShared(long... numbers) {
    for (long number : numbers) {
      submit(STOPPING, shared(number, 100));
    }
  }

  private Effect.ReportWaiting waiting() {
    return run.last(Effect.ReportWaiting.class).get(0);
  }

  @Test
  void the_same_derivation_asked_for_by_fifty_callers_is_built_once() {
    for (long number = 1; number <= 50; number++) {
      submitShared(number);
      assertThat(run.placed()).hasSize(number == 1 ? 1 : 0);
    }
    run.grant(1);

    run.succeed(1);

    assertThat(run.ends).hasSize(50).allSatisfy((id, end) -> assertThat(end).isEqualTo(SUCCEEDED));
    assertThat(run.last(Effect.ReportRequestEnd.class)).hasSize(50);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void forty_nine_cancels_do_not_stop_it_and_the_fiftieth_does() {
    for (long number = 1; number <= 50; number++) {
      submitShared(number);
    }
    run.grant(1);

    for (long number = 1; number <= 49; number++) {
      run.cancel(number);
      assertThat(run.last(Effect.StopAttempt.class)).isEmpty();
      assertThat(run.ends.get(number)).isEqualTo(CANCELLED);
    }
    run.cancel(50);

    assertThat(run.last).containsExactly(new Effect.StopAttempt(run.attempt(1), "enough"));
    run.fail(1, machineFailure());
    assertThat(run.ends.get(50L)).isEqualTo(CANCELLED);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void one_that_comes_while_it_builds_is_told_whom_it_has_joined() {
    submitShared(1);
    run.grant(1);

    submitShared(2);

    assertThat(run.last).containsExactly(new Effect.Joined(new BuildId(2), new BuildId(1)));
  }

  @Test
  void one_joins_when_its_own_inputs_are_there() {
    submitShared(1);
    run.grant(1);
    BuildSpec dependent = new BuildSpec(new BuildId(3), wanted(100), LINUX, Set.of(new BuildId(2)));

    run.submit(2, STOPPING, build(2), dependent);
    assertThat(run.last(Effect.Joined.class)).isEmpty();
    run.grant(2);
    run.succeed(2);

    assertThat(run.last(Effect.Joined.class)).hasSize(1);
    run.succeed(1);
    assertThat(run.ends).containsEntry(1L, SUCCEEDED).containsEntry(3L, SUCCEEDED);
  }

  @Test
  void a_derivation_that_fails_fails_for_all() {
    submitShared(1, 2);
    run.grant(1);

    run.fail(1, derivationFailure());

    BuildEnd failed = new BuildEnd.Failed(derivationFailure());
    assertThat(run.ends).containsEntry(1L, failed).containsEntry(2L, failed);
  }

  @Test
  void a_machine_that_fails_is_tried_no_more_for_any_of_them() {
    submitShared(1, 2);
    run.grant(1);
    String first = run.machineOf(1);

    run.fail(1, machineFailure());

    assertThat(run.ends).isEmpty();
    assertThat(run.placed()).containsExactly(1L);
    assertThat(run.machineOf(1)).isNotEqualTo(first);
  }

  @Test
  void a_request_that_stops_at_its_first_failure_does_not_stop_what_others_share() {
    run.submit(1, STOPPING, shared(1, 100), build(3));
    submitShared(2);
    run.grant(1);
    run.grant(3);

    run.fail(3, derivationFailure());

    assertThat(run.last(Effect.StopAttempt.class)).isEmpty();
    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Cancelled.class);
    run.succeed(1);
    assertThat(run.ends.get(2L)).isEqualTo(SUCCEEDED);
  }

  @Test
  void one_that_comes_while_it_is_being_stopped_waits_and_is_built_anew() {
    submitShared(1);
    run.grant(1);
    run.cancel(1);

    submitShared(2);
    assertThat(run.placed()).isEmpty();
    assertThat(run.last(Effect.Joined.class)).isEmpty();
    assertThat(waiting().reason()).isInstanceOf(WaitReason.BuiltForAnother.class);

    run.fail(1, machineFailure());
    assertThat(run.ends).containsOnlyKeys(1L);
    assertThat(run.placed()).containsExactly(2L);
    run.grant(2);
    run.succeed(2);
    assertThat(run.ends.get(2L)).isEqualTo(SUCCEEDED);
  }

  @Test
  void one_that_waits_for_a_stop_is_served_by_a_success_that_crosses_it() {
    submitShared(1);
    run.grant(1);
    run.cancel(1);
    submitShared(2);

    run.succeed(1);

    assertThat(run.ends).containsEntry(1L, SUCCEEDED).containsEntry(2L, SUCCEEDED);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void a_slot_that_is_granted_after_the_last_has_gone_starts_nothing_and_the_next_is_built() {
    submitShared(1);
    run.cancel(1);
    submitShared(2);

    run.grant(1);

    assertThat(run.last(Effect.StartAttempt.class)).isEmpty();
    assertThat(run.ends).containsOnlyKeys(1L);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void on_other_terms_it_waits_for_a_named_reason_and_then_has_the_same_result() {
    submitShared(1);
    run.grant(1);

    submit(STOPPING, otherwise(2));
    assertThat(run.placed()).isEmpty();
    assertThat(waiting().builds()).containsExactly(new BuildId(2));
    assertThat(waiting().reason().explain())
        .isEqualTo(
            "it is being built for another request, with other options or for other machines, on "
                + run.machineOf(1));

    run.succeed(1);
    assertThat(run.ends).containsEntry(1L, SUCCEEDED).containsEntry(2L, SUCCEEDED);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void on_other_terms_it_is_built_when_the_first_has_failed() {
    submitShared(1);
    run.grant(1);
    submit(STOPPING, otherwise(2));

    run.fail(1, derivationFailure());

    assertThat(run.ends).containsOnlyKeys(1L);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void on_other_terms_it_is_not_held_up_by_one_that_only_waits() {
    BuildSpec picky = new BuildSpec(new BuildId(1), wanted(100), LINUX.requiring("kvm"), Set.of());
    ScriptedRun farm = ScriptedRun.on(linux("k").supporting("kvm").build(), machine("a", 1));
    farm.submit(9, STOPPING, build(9, LINUX.requiring("kvm")));
    farm.submit(1, patient(MINUTE), picky);
    assertThat(farm.last(Effect.ReportWaiting.class)).hasSize(1);

    farm.submit(2, STOPPING, shared(2, 100));
    assertThat(farm.placed()).containsExactly(2L);
    assertThat(farm.last(Effect.ReportWaiting.class))
        .extracting(Effect.ReportWaiting::reason)
        .hasOnlyElementsOfType(WaitReason.BuiltForAnother.class);
    farm.grant(2);
    farm.succeed(2);

    assertThat(farm.ends).containsEntry(1L, SUCCEEDED).containsEntry(2L, SUCCEEDED);
  }

  @Test
  void one_that_wants_more_outputs_joins_and_is_served_if_they_are_brought() {
    submit(STOPPING, shared(1, 100, "out"));
    run.grant(1);
    submit(STOPPING, shared(2, 100, "out", "dev"));
    assertThat(run.last(Effect.Joined.class)).hasSize(1);

    run.succeed(1, "out", "dev");

    assertThat(run.ends).containsEntry(1L, SUCCEEDED).containsEntry(2L, SUCCEEDED);
  }

  @Test
  void one_that_wants_more_outputs_than_were_brought_is_built_again_with_all_its_attempts() {
    RequestRules once = new RequestRules(OnFailure.STOP, Duration.ZERO, 1);
    submit(once, shared(1, 100, "out"));
    run.grant(1);
    submit(once, shared(2, 100, "dev"));

    run.succeed(1, "out");
    assertThat(run.ends).containsOnlyKeys(1L);
    assertThat(run.placed()).containsExactly(2L);
    run.grant(2);
    assertThat(run.last(Effect.StartAttempt.class).get(0).number()).isEqualTo(2);
    run.succeed(2, "dev");

    assertThat(run.ends.get(2L)).isEqualTo(SUCCEEDED);
  }

  @Test
  void a_success_must_bring_what_was_wanted_at_the_start() {
    submit(STOPPING, shared(1, 100, "out"));
    submit(STOPPING, shared(2, 100, "dev"));
    run.grant(1);

    assertThatIllegalStateException()
        .isThrownBy(() -> run.succeed(1, "out"))
        .withMessageContaining("was to bring");
    run.succeed(1, "dev", "out");
    assertThat(run.ends).hasSize(2);
  }

  @Test
  void who_is_served_is_known_before_the_success_is_told() {
    submit(STOPPING, shared(1, 100, "out"));
    run.grant(1);
    submit(STOPPING, shared(2, 100, "dev"));
    submit(STOPPING, otherwise(3, "out"));
    submit(STOPPING, build(4));

    assertThat(run.dispatcher.served(run.attempt(1), Set.of("out")))
        .containsExactly(new BuildId(1), new BuildId(3));
  }

  @Test
  void what_cannot_be_kept_for_one_caller_fails_for_that_one_only() {
    submitShared(1, 2);
    run.grant(1);
    Failure full = failure(Culprit.HUB, RetryAdvice.NEVER);

    run.tell(
        new Event.AttemptSucceeded(
            run.attempt(1), Set.of("out"), Map.of(new BuildId(1), full, new BuildId(7), full)));

    assertThat(run.ends)
        .containsEntry(1L, new BuildEnd.Failed(full))
        .containsEntry(2L, SUCCEEDED)
        .hasSize(2);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void it_gets_as_many_attempts_as_the_most_generous_of_its_callers_gives() {
    submit(new RequestRules(OnFailure.STOP, MINUTE, 1), shared(1, 100));
    submit(new RequestRules(OnFailure.STOP, MINUTE, 2), shared(2, 100));
    run.grant(1);

    run.fail(1, machineFailure());
    assertThat(run.ends).isEmpty();
    run.grant(1);
    run.fail(1, machineFailure());

    assertThat(run.ends).hasSize(2);
  }

  @Test
  void it_ends_when_those_who_are_left_want_no_further_attempt() {
    ScriptedRun alone = ScriptedRun.on(machine("a", 1));
    alone.submit(1, new RequestRules(OnFailure.STOP, MINUTE, 1), shared(1, 100));
    alone.submit(2, new RequestRules(OnFailure.STOP, MINUTE, 5), shared(2, 100));
    alone.grant(1);
    alone.fail(1, machineFailure());
    assertThat(alone.ends).isEmpty();

    alone.cancel(2);

    assertThat(alone.ends)
        .containsEntry(1L, new BuildEnd.Failed(machineFailure()))
        .containsEntry(2L, CANCELLED);
    assertThat(alone.dispatcher.isIdle()).isTrue();
  }

  @Test
  void it_waits_as_long_as_the_most_patient_of_its_callers_and_no_longer_than_those_who_are_left() {
    ScriptedRun alone = ScriptedRun.on(machine("a", 1));
    alone.submit(9, GOING_ON, build(9));
    alone.grant(9);
    alone.fail(9, machineFailure());
    alone.submit(1, patient(Duration.ofSeconds(5)), shared(1, 100));
    alone.submit(2, patient(MINUTE), shared(2, 100));

    alone.pass(Duration.ofSeconds(6));
    assertThat(alone.ends).containsOnlyKeys(9L);
    alone.cancel(2);

    assertThat(((BuildEnd.Failed) alone.ends.get(1L)).failure().cause())
        .isEqualTo(FailureCause.NO_MACHINE);
    assertThat(alone.dispatcher.isIdle()).isTrue();
  }

  @Test
  void the_same_reason_for_a_thousand_builds_is_told_once() {
    ScriptedRun full = ScriptedRun.on(machine("a", 1));
    BuildSpec[] builds = new BuildSpec[1_001];
    for (int i = 0; i < builds.length; i++) {
      builds[i] = build(i + 1);
    }

    full.submit(GOING_ON, builds);

    assertThat(full.last(Effect.ReportWaiting.class))
        .singleElement()
        .satisfies(effect -> assertThat(effect.builds()).hasSize(1_000));
  }

  @Test
  void one_that_joins_a_build_that_waits_is_told_why() {
    ScriptedRun full = ScriptedRun.on(machine("a", 1));
    full.submit(9, GOING_ON, build(9));
    full.submit(1, STOPPING, shared(1, 100));

    full.submit(2, STOPPING, shared(2, 100));

    assertThat(full.last(Effect.ReportWaiting.class))
        .extracting(Effect.ReportWaiting::builds)
        .containsExactly(List.of(new BuildId(2)));
  }

  @Test
  void the_longest_chain_of_any_caller_counts() {
    ScriptedRun full = ScriptedRun.on(machine("a", 1));
    full.submit(9, GOING_ON, build(9));
    full.submit(1, GOING_ON, build(1), build(2, 1));
    full.submit(3, GOING_ON, shared(3, 100));

    full.submit(4, GOING_ON, shared(4, 100), build(5, 4), build(6, 5));
    full.grant(9);
    full.slotDone(9);
    assertThat(full.placed()).containsExactly(3L);
    full.refuse(3);
    full.cancel(4);
    full.pass(MachineBook.ASK_AGAIN);

    assertThat(full.placed()).containsExactly(1L);
  }

  @Test
  void two_builds_of_one_request_may_want_the_same_derivation() {
    run.submit(1, STOPPING, shared(1, 100, "out"), shared(2, 100, "dev"));
    assertThat(run.placed()).containsExactly(1L);
    run.grant(1);

    run.cancel(1);
    assertThat(run.ended()).containsExactly(1L);
    assertThat(run.last(Effect.StopAttempt.class)).hasSize(1);
    run.fail(1, machineFailure());

    assertThat(run.ended()).containsExactly(2L);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }
}
