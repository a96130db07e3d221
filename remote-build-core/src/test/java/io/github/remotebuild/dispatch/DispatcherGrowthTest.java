package io.github.remotebuild.dispatch;

import static io.github.remotebuild.dispatch.ScriptedRun.GOING_ON;
import static io.github.remotebuild.dispatch.ScriptedRun.LINUX;
import static io.github.remotebuild.dispatch.ScriptedRun.STOPPING;
import static io.github.remotebuild.dispatch.ScriptedRun.build;
import static io.github.remotebuild.dispatch.ScriptedRun.derivationFailure;
import static io.github.remotebuild.dispatch.ScriptedRun.machine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class DispatcherGrowthTest {
  private static final BuildEnd SUCCEEDED = new BuildEnd.Succeeded();

  private final ScriptedRun run = ScriptedRun.on(machine("a", 4));

  private boolean isOver() {
    return !run.last(Effect.ReportRequestEnd.class).isEmpty();
  }

  private void succeed(long build) {
    run.grant(build);
    run.succeed(build);
  }

  @Test
  void an_open_request_begins_with_nothing_and_is_over_when_it_is_sealed() {
    run.open(STOPPING);
    assertThat(run.last).isEmpty();

    run.seal();

    assertThat(isOver()).isTrue();
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void an_open_request_goes_on_when_nothing_is_left_to_do() {
    run.open(STOPPING, build(1));
    succeed(1);
    assertThat(isOver()).isFalse();

    run.grow(build(2));
    succeed(2);
    assertThat(isOver()).isFalse();

    run.seal();
    assertThat(isOver()).isTrue();
  }

  @Test
  void a_sealed_request_is_over_with_its_last_build() {
    run.open(STOPPING, build(1));
    run.seal();
    assertThat(isOver()).isFalse();

    succeed(1);

    assertThat(isOver()).isTrue();
    assertThat(run.seal()).isEmpty();
  }

  @Test
  void a_request_under_way_grows_without_being_open() {
    run.submit(STOPPING, build(1));

    run.grow(build(2, 1));
    assertThat(run.placed()).isEmpty();
    succeed(1);
    assertThat(run.placed()).containsExactly(2L);
    succeed(2);

    assertThat(isOver()).isTrue();
  }

  @Test
  void what_is_added_may_need_what_waits_what_runs_and_what_has_succeeded() {
    run.open(GOING_ON, build(1), build(2), build(3, 2));
    succeed(1);
    run.grant(2);

    run.grow(build(4, 1), build(5, 1, 2), build(6, 3, 4));
    assertThat(run.placed()).containsExactly(4L);
    run.succeed(2);
    assertThat(run.placed()).containsExactlyInAnyOrder(3L, 5L);
    succeed(3);
    assertThat(run.placed()).isEmpty();
    succeed(4);

    assertThat(run.placed()).containsExactly(6L);
  }

  @Test
  void what_needs_something_that_has_failed_fails_at_once_and_names_the_root_cause() {
    run.open(GOING_ON, build(1), build(2, 1));
    run.grant(1);
    run.fail(1, derivationFailure());

    run.grow(build(3, 2), build(4, 3), build(5));

    BuildEnd rootCause = new BuildEnd.DependencyFailed(new BuildId(1));
    assertThat(run.ends).containsEntry(3L, rootCause).containsEntry(4L, rootCause);
    assertThat(run.placed()).containsExactly(5L);
  }

  @Test
  void what_is_added_to_a_request_that_is_being_stopped_is_cancelled() {
    run.open(STOPPING, build(1));
    run.grant(1);
    run.cancel();

    run.grow(build(2), build(3, 2));
    assertThat(run.ended()).containsExactly(2L, 3L);
    assertThat(run.ends.get(3L)).isEqualTo(new BuildEnd.Cancelled("enough"));
    run.fail(1, derivationFailure());

    assertThat(isOver()).isTrue();
  }

  @Test
  void a_failure_ends_an_open_request_that_stops_at_the_first() {
    run.open(STOPPING, build(1), build(2));
    run.grant(1);
    run.fail(1, derivationFailure());
    assertThat(isOver()).isFalse();

    run.grant(2);

    assertThat(isOver()).isTrue();
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void what_cannot_be_added_is_refused_as_a_whole_and_changes_nothing() {
    run.open(STOPPING, build(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.grow(build(2), build(3, 7)))
        .withMessageContaining("not in the request");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.grow(build(2, 3, 1), build(3, 2)))
        .withMessageContaining("wait for each other");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.grow(build(2), build(1)))
        .withMessageContaining("there");

    run.grow(build(2, 1), build(3, 2));
    succeed(1);
    succeed(2);
    succeed(3);
    run.seal();
    assertThat(run.ends).hasSize(3).containsEntry(3L, SUCCEEDED);
    assertThat(run.dispatcher.isIdle()).isTrue();
  }

  @Test
  void what_is_over_or_unknown_does_not_grow() {
    assertThatIllegalArgumentException().isThrownBy(() -> run.grow(build(1)));
    run.submit(STOPPING, build(1));
    succeed(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.grow(build(2)))
        .withMessageContaining("over");
  }

  @Test
  void a_chain_that_has_become_longer_makes_more_urgent_what_waits() {
    ScriptedRun full = ScriptedRun.on(machine("a", 1));
    full.submit(9, GOING_ON, build(9));
    full.submit(2, GOING_ON, build(20), build(21, 20));
    full.open(GOING_ON, build(1, LINUX), build(2, 1));
    full.grant(9);

    full.grow(build(3, 2));
    full.slotDone(9);

    assertThat(full.placed()).containsExactly(1L);
  }
}
