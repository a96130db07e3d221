package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildListener;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.dispatch.RequestId;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ActiveRequestTest {
  private static final StorePath A = drv('0');
  private static final StorePath B = drv('1');
  private static final Failure FAILURE = Failures.hub(Phase.BUILD, "first", List.of());
  private static final Decision DECISION =
      SelectionPolicy.nix()
          .decide(Demand.forSystem(SystemType.of("x86_64-linux")), FarmSnapshot.of(Farm.empty()));
  private static final DerivationResult FAILED = new DerivationResult.Failed(A, FAILURE, List.of());
  private static final DerivationResult DECLINED = new DerivationResult.Declined(B, DECISION);
  private static final DerivationResult CANCELLED =
      new DerivationResult.Cancelled(drv('2'), "why", List.of());
  private static final DerivationResult VALID =
      new DerivationResult.AlreadyValid(drv('3'), new TreeMap<>());

  private static StorePath drv(char digit) {
    return StorePath.parse("/nix/store/" + String.valueOf(digit).repeat(32) + "-d.drv");
  }

  private final List<String> told = new ArrayList<>();
  private final List<BuildEvent> events = new ArrayList<>();
  private final ActiveRequest request =
      new ActiveRequest(
          new RequestId(1),
          BuildRequest.of(A),
          new ActiveRequest.Owner() {
            @Override
            public void postToAll(BuildEvent event) {
              events.add(event);
            }

            @Override
            public void abandoned(ActiveRequest abandoned, String reason) {
              told.add("abandoned: " + reason);
            }

            @Override
            public void cancelled(ActiveRequest cancelled, String reason) {
              told.add("cancelled: " + reason);
            }

            @Override
            public void closed(ActiveRequest closed) {
              told.add("closed");
            }
          },
          new EventDelivery(BuildListener.silent(), 1000, Thread::new),
          Duration.ofMillis(100),
          Runnable::run);

  private BuildOutcome outcomeOf(DerivationResult... results) throws Exception {
    for (DerivationResult result : results) {
      request.record(result);
    }
    request.complete();
    return request.await();
  }

  @Test
  void a_failure_weighs_more_than_anything_else() throws Exception {
    BuildOutcome outcome = outcomeOf(CANCELLED, VALID, DECLINED, FAILED);
    assertThat(((BuildOutcome.Failed) outcome).failure()).isEqualTo(FAILURE);
    assertThat(outcome.results()).hasSize(4);
  }

  @Test
  void of_several_failures_the_first_is_told() throws Exception {
    Failure second = Failures.hub(Phase.BUILD, "second", List.of());
    BuildOutcome outcome = outcomeOf(FAILED, new DerivationResult.Failed(B, second, List.of()));
    assertThat(((BuildOutcome.Failed) outcome).failure()).isEqualTo(FAILURE);
  }

  @Test
  void a_refusal_weighs_more_than_a_cancellation() throws Exception {
    assertThat(outcomeOf(CANCELLED, VALID, DECLINED)).isInstanceOf(BuildOutcome.Declined.class);
  }

  @Test
  void a_cancellation_weighs_more_than_success() throws Exception {
    assertThat(outcomeOf(VALID, CANCELLED)).isInstanceOf(BuildOutcome.Cancelled.class);
  }

  @Test
  void success_is_what_is_left() throws Exception {
    assertThat(outcomeOf(VALID)).isInstanceOf(BuildOutcome.Built.class);
    assertThat(request.toString()).endsWith(": Built");
  }

  @Test
  void every_result_is_told() throws Exception {
    outcomeOf(VALID, FAILED);
    assertThat(events)
        .containsExactly(
            new BuildEvent.Finished(VALID.derivation(), VALID), new BuildEvent.Finished(A, FAILED));
  }

  @Test
  void one_that_nobody_has_begun_is_abandoned_and_cannot_be_begun() {
    request.cancel();
    assertThat(told).containsExactly("abandoned: it was cancelled");
    assertThat(request.begin()).isFalse();
  }

  @Test
  void one_that_has_begun_is_cancelled_once() {
    assertThat(request.begin()).isTrue();
    request.cancel("first reason");
    request.cancel();
    request.close();
    assertThat(told).containsExactly("cancelled: first reason", "closed");
    assertThat(request.cancelReason()).contains("first reason");
  }

  @Test
  void one_that_is_done_is_not_cancelled() throws Exception {
    outcomeOf(VALID);
    request.close();
    request.close();
    assertThat(told).containsExactly("closed");
    assertThat(request.isCancelled()).isFalse();
  }
}
