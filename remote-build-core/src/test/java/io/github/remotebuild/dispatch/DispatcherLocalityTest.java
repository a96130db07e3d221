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

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Locality;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Where builds go that want the local machine first, last, or not at all. */
class DispatcherLocalityTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Demand LOCAL_FIRST = LINUX.placing(Locality.LOCAL_FIRST);
  private static final Demand REMOTE_FIRST = LINUX.placing(Locality.REMOTE_FIRST);

  private static ScriptedRun farm() {
    return ScriptedRun.on(machine("local", 1), machine("away", 1));
  }

  @Test
  void a_build_that_wants_to_be_local_waits_for_the_local_machine_while_another_is_idle() {
    ScriptedRun run = farm();
    run.submit(GOING_ON, build(1, LOCAL_FIRST), build(2, LOCAL_FIRST));
    assertThat(run.machineOf(1)).isEqualTo("local");
    assertThat(run.isPlaced(2)).isFalse();
    run.grant(1);

    run.succeed(1);

    assertThat(run.machineOf(2)).isEqualTo("local");
  }

  @Test
  void a_derivation_that_prefers_to_be_local_is_local_first_unless_the_request_says_otherwise() {
    ScriptedRun run = farm();

    run.submit(
        GOING_ON,
        build(1, LINUX.preferringLocal()),
        build(2, LINUX.preferringLocal()),
        build(3, LINUX.preferringLocal().placing(Locality.ANY)));

    assertThat(run.machineOf(1)).isEqualTo("local");
    assertThat(run.isPlaced(2)).isFalse();
    assertThat(run.machineOf(3)).isEqualTo("away");
  }

  @Test
  void what_the_local_machine_can_never_take_goes_elsewhere_at_once() {
    ScriptedRun run = ScriptedRun.on(machine("local", 1), linux("away").supporting("kvm").build());

    run.submit(GOING_ON, build(1, LOCAL_FIRST.requiring("kvm")));

    assertThat(run.machineOf(1)).isEqualTo("away");
  }

  @Test
  void a_build_that_wants_to_be_elsewhere_waits_for_a_busy_machine_while_the_local_one_is_idle() {
    ScriptedRun run = farm();
    run.submit(GOING_ON, build(1, REMOTE_FIRST), build(2, REMOTE_FIRST));
    assertThat(run.machineOf(1)).isEqualTo("away");
    run.grant(1);
    run.pass(Duration.ofHours(1));
    assertThat(run.isPlaced(2)).isFalse();

    run.succeed(1);

    assertThat(run.machineOf(2)).isEqualTo("away");
  }

  @Test
  void without_patience_the_local_machine_takes_over_when_all_others_rest() {
    ScriptedRun run = farm();
    run.submit(GOING_ON, build(1, REMOTE_FIRST), build(2, REMOTE_FIRST));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(run.machineOf(1)).isEqualTo("local");
    assertThat(run.ends).isEmpty();
    run.grant(1);
    run.succeed(1);
    assertThat(run.machineOf(2)).isEqualTo("local");
  }

  @Test
  void with_patience_a_build_waits_for_its_side_and_takes_the_other_when_patience_is_over() {
    ScriptedRun run = farm();
    run.submit(patient(Duration.ofSeconds(4)), build(1, LOCAL_FIRST));
    run.submit(2, patient(Duration.ofSeconds(4)), build(2, LOCAL_FIRST));
    run.grant(1);
    run.fail(1, machineFailure());
    assertThat(run.machineOf(1)).as("it was tried there, so it need not wait").isEqualTo("away");
    run.grant(1);
    run.succeed(1);
    assertThat(run.isPlaced(2)).isFalse();

    run.pass(Duration.ofMillis(3_999));
    assertThat(run.isPlaced(2)).isFalse();
    run.pass(Duration.ofMillis(1));

    assertThat(run.machineOf(2)).isEqualTo("away");
  }

  @Test
  void a_side_that_returns_in_time_is_used() {
    ScriptedRun run = farm();
    run.submit(patient(MINUTE), build(1, LOCAL_FIRST), build(2, LOCAL_FIRST));
    run.grant(1);
    run.fail(1, machineFailure());

    run.pass(FIRST_REST);

    assertThat(run.machineOf(2)).isEqualTo("local");
  }

  @Test
  void who_changes_sides_is_told_again_why_it_waits() {
    ScriptedRun run = farm();
    run.submit(GOING_ON, build(1, REMOTE_FIRST), build(2, REMOTE_FIRST));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(run.last(Effect.ReportWaiting.class))
        .singleElement()
        .satisfies(
            report ->
                assertThat(report.decision().explain())
                    .contains("local: its only slot is taken", "away: rests until"));
  }

  @Test
  void what_must_not_be_local_fails_when_its_patience_is_over() {
    ScriptedRun run = farm();
    run.submit(GOING_ON, build(1, LINUX.placing(Locality.NEVER_LOCAL)));
    run.submit(2, GOING_ON, build(2, LINUX.placing(Locality.NEVER_LOCAL)));
    run.grant(1);

    run.fail(1, machineFailure());

    assertThat(((BuildEnd.Failed) run.ends.get(2L)).failure().cause())
        .isEqualTo(FailureCause.NO_MACHINE);
    assertThat(((BuildEnd.Failed) run.ends.get(2L)).failure().message())
        .contains("local: the request does not want it built locally");
    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Failed.class);
  }

  @Test
  void what_must_not_be_local_and_fits_nowhere_else_is_declined() {
    ScriptedRun run = ScriptedRun.on(machine("local", 1));

    run.submit(GOING_ON, build(1, LINUX.placing(Locality.NEVER_LOCAL)));

    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Declined.class);
  }

  @Test
  void a_request_that_names_an_unknown_machine_is_declined_and_told_so() {
    ScriptedRun run = farm();

    run.submit(patient(MINUTE), build(1, LINUX.usingOnly("awya")));

    assertThat(run.ends.get(1L)).isInstanceOf(BuildEnd.Declined.class);
    assertThat(((BuildEnd.Declined) run.ends.get(1L)).decision().explain())
        .contains(
            "away: the request allows only awya",
            "the request names awya, but no machine has that name");
  }

  @Test
  void when_neither_side_is_there_a_build_fails_with_the_reasons_of_both() {
    ScriptedRun run = farm();
    run.submit(GOING_ON, build(1), build(2), build(3, REMOTE_FIRST));
    run.grant(1);
    run.grant(2);

    run.fail(1, machineFailure());
    run.fail(2, machineFailure());

    assertThat(((BuildEnd.Failed) run.ends.get(3L)).failure().message())
        .contains("local: rests until", "away: rests until");
  }

  @Test
  void while_a_slot_is_free_locally_a_build_goes_there_and_else_to_whoever_is_free_first() {
    ScriptedRun run = farm();
    Demand whenFree = LINUX.placing(Locality.LOCAL_WHEN_FREE);
    run.submit(GOING_ON, build(1, whenFree), build(2, whenFree), build(3, whenFree));
    assertThat(run.machineOf(1)).isEqualTo("local");
    assertThat(run.machineOf(2)).isEqualTo("away");
    run.grant(1);
    run.grant(2);

    run.succeed(2);

    assertThat(run.machineOf(3)).isEqualTo("away");
  }

  @Test
  void a_local_machine_that_is_switched_off_is_not_waited_for() {
    ScriptedRun run = farm();
    run.order(machine("local", 1), new MachineOrder.Disable("hot"));
    run.submit(patient(MINUTE), build(1, LOCAL_FIRST), build(2, LOCAL_FIRST));
    assertThat(run.machineOf(1)).isEqualTo("away");
    run.grant(1);

    run.succeed(1);

    assertThat(run.machineOf(2)).isEqualTo("away");
  }

  @Test
  void a_local_machine_that_is_drained_is_waited_for_as_long_as_patience_says() {
    ScriptedRun run = farm();
    run.order(machine("local", 1), new MachineOrder.Drain("meeting"));
    run.submit(patient(MINUTE), build(1, LOCAL_FIRST));
    run.submit(2, GOING_ON, build(2, LOCAL_FIRST));
    assertThat(run.machineOf(2)).isEqualTo("away");
    assertThat(run.isPlaced(1)).isFalse();

    run.order(machine("local", 1), new MachineOrder.Resume());

    assertThat(run.machineOf(1)).isEqualTo("local");
  }

  @Test
  void a_local_machine_that_is_added_is_used_at_once_by_those_who_want_it() {
    ScriptedRun run = ScriptedRun.on(machine("away", 1));
    run.submit(GOING_ON, build(1, LOCAL_FIRST), build(2, LOCAL_FIRST));
    assertThat(run.machineOf(1)).isEqualTo("away");

    run.change(machine("away", 1), machine("local", 1));

    assertThat(run.machineOf(2)).isEqualTo("local");
  }
}
