package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.STOPPING;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.derivationFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.linux;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static io.github.remotebuild.dispatch.ScriptedRun.machineFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Machine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatcherTest {
  @Test
  void a_build_asks_for_a_slot_then_starts_then_succeeds() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));

    run.submit(STOPPING, build(1));
    assertThat(run.placed()).containsExactly(1L);

    run.grant(1);
    assertThat(run.last)
        .containsExactly(
            new Effect.StartAttempt(run.attempt(1), new BuildId(1), machine("a", 1), 1));

    run.slotDone(1);
    assertThat(run.last).containsExactly(new Effect.ReleaseLease(run.attempt(1)));

    run.succeed(1);
    assertThat(run.last)
        .containsExactly(
            new Effect.ReportEnd(new BuildId(1), new BuildEnd.Succeeded()),
            new Effect.ReportRequestEnd(new RequestId(1)));
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void a_slot_is_given_back_when_the_attempt_ends_without_saying_so_before() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));
    run.grant(1);

    run.succeed(1);

    assertThat(run.last(Effect.ReleaseLease.class)).hasSize(1);
  }

  @Test
  void the_next_build_starts_when_the_slot_is_done_though_outputs_are_still_fetched() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1), build(2));
    run.grant(1);

    run.slotDone(1);

    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void no_machine_gets_more_builds_than_its_max_jobs_and_none_gets_any_with_0() {
    ScriptedRun run = ScriptedRun.on(machine("none", 0), machine("a", 1), machine("b", 2));

    run.submit(STOPPING, build(1), build(2), build(3), build(4));

    assertThat(run.placed()).containsExactly(1L, 2L, 3L);
    assertThat(run.last(Effect.RequestLease.class))
        .extracting(effect -> effect.machine().name())
        .containsExactlyInAnyOrder("a", "b", "b");
  }

  @Test
  void two_entries_of_one_host_have_slots_of_their_own() {
    ScriptedRun run =
        ScriptedRun.on(
            machine("h", 1), linux("h").maxJobs(1).supporting("kvm").speedFactor(2).build());

    run.submit(STOPPING, build(1), build(2), build(3));

    assertThat(run.placed()).containsExactly(1L, 2L);
  }

  @Test
  void the_longest_chain_comes_first_then_the_oldest() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));

    run.submit(STOPPING, build(1), build(2), build(3), build(4, 3), build(5, 4));
    assertThat(run.placed()).containsExactly(3L);

    run.grant(3);
    run.succeed(3);
    assertThat(run.placed()).containsExactly(4L);

    run.grant(4);
    run.succeed(4);
    assertThat(run.placed()).containsExactly(1L);
  }

  @Test
  void urgency_goes_across_demands() {
    Demand kvm = LINUX.requiring("kvm");
    ScriptedRun run = ScriptedRun.on(linux("a").maxJobs(1).supporting("kvm").build());

    run.submit(STOPPING, build(1), build(2, kvm), build(3), build(4, kvm, 3));
    assertThat(run.placed()).containsExactly(3L);
    run.grant(3);
    run.slotDone(3);
    assertThat(run.placed()).containsExactly(1L);
    run.grant(1);
    run.slotDone(1);
    assertThat(run.placed()).containsExactly(2L);
  }

  @Test
  void a_freed_slot_goes_past_more_urgent_builds_that_do_not_fit_it() {
    Demand mac = Demand.forSystem("aarch64-darwin");
    ScriptedRun run =
        ScriptedRun.on(
            machine("a", 1), Machine.at("m").forSystems("aarch64-darwin").maxJobs(1).build());
    run.submit(GOING_ON, build(1, mac), build(2), build(3, mac), build(4));
    assertThat(run.placed()).containsExactly(1L, 2L);
    run.grant(2);

    run.slotDone(2);

    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void a_dependent_starts_as_soon_as_its_own_inputs_are_there() {
    ScriptedRun run = ScriptedRun.on(machine("a", 4));
    run.submit(STOPPING, build(1), build(2), build(3), build(4, 1, 2));
    assertThat(run.placed()).containsExactly(1L, 2L, 3L);
    run.grant(1);
    run.grant(2);
    run.grant(3);

    run.succeed(1);
    assertThat(run.placed()).isEmpty();
    run.slotDone(2);
    assertThat(run.placed()).isEmpty();
    run.succeed(2);
    assertThat(run.placed()).containsExactly(4L);
  }

  @Test
  void a_request_without_builds_is_over_at_once() {
    ScriptedRun run = ScriptedRun.on();

    assertThat(run.submit(STOPPING)).containsExactly(new Effect.ReportRequestEnd(new RequestId(1)));
  }

  @Test
  void a_build_that_waits_is_reported_once_until_it_starts() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1), build(2));
    assertThat(run.last(Effect.ReportWaiting.class))
        .extracting(Effect.ReportWaiting::builds)
        .containsExactly(List.of(new BuildId(2)));
    run.grant(1);

    run.slotDone(1);
    run.refuse(2);

    assertThat(run.last(Effect.ReportWaiting.class)).isEmpty();
  }

  @Test
  void what_is_submitted_wrongly_is_refused_and_changes_nothing() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.submit(STOPPING, build(1), build(1)))
        .withMessageContaining("there twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.submit(STOPPING, build(1), build(2, 9)))
        .withMessageContaining("not in the request");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.submit(STOPPING, build(1, 2), build(2, 1), build(3)))
        .withMessageContaining("wait for each other");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.submit(STOPPING, build(1, 1)))
        .withMessageContaining("wait for each other");

    assertThat(run.dispatcher.isIdle()).isTrue();
    run.submit(STOPPING, build(1));
    assertThat(run.placed()).containsExactly(1L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.submit(STOPPING, build(2)))
        .withMessageContaining("there already");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.submit(2, STOPPING, build(3), build(1)))
        .withMessageContaining("there already");
    assertThat(run.dispatcher.unfinishedBuilds()).isEqualTo(1);
  }

  @Test
  void an_answer_nobody_asked_for_is_refused_and_changes_nothing() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(GOING_ON, build(1), build(2));
    AttemptId unknown = new AttemptId(77);
    assertThatIllegalStateException()
        .isThrownBy(() -> run.tell(new Event.LeaseGranted(unknown)))
        .withMessageContaining("unknown or over");

    // Before the slot is granted.
    assertThatIllegalStateException().isThrownBy(() -> run.succeed(1));
    assertThatIllegalStateException().isThrownBy(() -> run.fail(1, machineFailure()));
    assertThatIllegalStateException().isThrownBy(() -> run.slotDone(1));
    assertThatIllegalStateException().isThrownBy(() -> run.lose(1));
    run.grant(1);
    // After it was.
    assertThatIllegalStateException().isThrownBy(() -> run.grant(1));
    assertThatIllegalStateException().isThrownBy(() -> run.refuse(1));
    run.slotDone(1);
    assertThat(run.last(Effect.ReleaseLease.class)).hasSize(1);
    assertThat(run.placed()).containsExactly(2L);
    // After it was given back.
    assertThatIllegalStateException().isThrownBy(() -> run.slotDone(1));
    run.succeed(1);
    assertThatIllegalStateException().isThrownBy(() -> run.succeed(1));

    run.grant(2);
    run.succeed(2);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void time_does_not_run_backwards() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1));
    run.submit(STOPPING, build(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.dispatcher.handle(new Event.Woken(), run.now.minusNanos(1)));
  }

  @Test
  void the_same_events_give_the_same_effects() {
    assertThat(aLongRun()).isEqualTo(aLongRun());
  }

  private static String aLongRun() {
    ScriptedRun run = ScriptedRun.on(machine("a", 1), machine("b", 2));
    StringBuilder trace = new StringBuilder();
    trace.append(run.submit(GOING_ON, build(1), build(2), build(3), build(4, 1, 2), build(5, 4)));
    trace.append(run.grant(1)).append(run.grant(2)).append(run.refuse(3));
    trace.append(run.fail(1, machineFailure()));
    trace.append(run.pass(Duration.ofSeconds(30)));
    trace.append(run.fail(2, derivationFailure()));
    trace.append(run.cancel());
    return trace.toString();
  }
}
