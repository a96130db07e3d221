package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.EmbeddedStoreException;
import io.github.remotebuild.testkit.embedded.Step;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.LocalTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub that does not do its part: nobody else is to blame, and nobody waits for ever. */
class HubTroubleTest extends FarmFixture {
  private EmbeddedMachine machine;
  private StorePath drv;
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void one_machine_and_one_derivation_with_an_input() {
    start(machine("one", 1));
    machine = farm.machine("one");
    drv = derivation("a", text("source", "text"));
  }

  private Failure failureOf(RemoteBuildsBuilder builder) throws Exception {
    try (RemoteBuilds builds = builder.listening(events::add).open();
        BuildHandle handle = builds.start(BuildRequest.of(drv))) {
      BuildOutcome outcome = outcome(handle);
      assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
      return ((BuildOutcome.Failed) outcome).failure();
    }
  }

  private void assertNoMachineRests() {
    assertThat(events).noneMatch(BuildEvent.MachineResting.class::isInstance);
  }

  private static void assertHubFailed(Failure failure, Phase phase) {
    assertThat(failure.cause()).isEqualTo(FailureCause.HUB_FAILED);
    assertThat(failure.culprit()).isEqualTo(Culprit.HUB);
    assertThat(failure.phase()).isEqualTo(phase);
  }

  @Test
  void a_store_program_that_is_missing_is_named() throws Exception {
    ServeStore store =
        new ServeStore(
            "the local store",
            farm.storeDir(),
            LocalTransport.withDefaults(),
            new Endpoint(
                "localhost",
                Optional.empty(),
                "localhost",
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                false),
            ServeCommand.nixStore().withProgram(List.of("/nowhere/nix-store")));
    Failure failure =
        failureOf(
            RemoteBuilds.on(farm.farm())
                .connectingWith(farm.transport())
                .hub(store)
                .threads(threads)
                .limits(LIMITS));
    assertHubFailed(failure, Phase.PLAN);
    assertThat(failure.message()).contains("/nowhere/nix-store").contains("the local store");
  }

  @Test
  void a_hub_that_cannot_be_reached_fails_the_request() throws Exception {
    hub.suffer(Fault.refuse());
    Failure failure = failureOf(builder().limits(LIMITS));
    assertHubFailed(failure, Phase.PLAN);
    assertThat(failure.message()).startsWith("Could not open the hub: ");
  }

  @Test
  void a_hub_that_cannot_be_opened_a_second_time_is_not_the_machines_fault() throws Exception {
    hub.once(
        Step.GREET,
        () ->
            hub.at(
                Step.GREET,
                () -> {
                  throw new EmbeddedStoreException("the disk is full");
                }));
    Failure failure = failureOf(builder().limits(LIMITS));
    assertHubFailed(failure, Phase.QUERY);
    assertThat(failure.message()).contains("the disk is full");
    assertNoMachineRests();
  }

  @Test
  void a_hub_with_the_name_of_a_machine_is_told_apart_from_it() throws Exception {
    Store store = farm.hub().called("one");
    machine.at(
        Step.QUERY_PATH_INFOS,
        () -> {
          throw new EmbeddedStoreException("the machine's disk is full");
        });
    Failure failure =
        failureOf(
            RemoteBuilds.on(farm.farm())
                .connectingWith(farm.transport())
                .hub(store)
                .threads(threads)
                .limits(LIMITS));
    assertThat(failure.phase()).isEqualTo(Phase.DOWNLOAD);
    assertThat(failure.culprit()).isNotEqualTo(Culprit.HUB);
  }

  @Test
  void a_hub_that_never_greets_is_given_up() throws Exception {
    hub.at(Step.GREET, gate()::pass);
    Failure failure =
        failureOf(
            builder()
                .limits(
                    LIMITS
                        .withConnectTimeout(Duration.ofMillis(50))
                        .withAuthenticateTimeout(Duration.ofMillis(50))
                        .withHandshakeTimeout(Duration.ofMillis(50))));
    assertHubFailed(failure, Phase.PLAN);
    assertThat(failure.message()).isEqualTo("Could not open it on the hub: no answer for 150 ms");
  }

  @Test
  void a_hub_that_does_not_answer_while_planning_is_given_up() throws Exception {
    hub.at(Step.QUERY_VALID_PATHS, gate()::pass);
    Failure failure = failureOf(builder().limits(LIMITS.withPlanTimeout(Duration.ofMillis(100))));
    assertHubFailed(failure, Phase.PLAN);
    assertThat(failure.message()).contains("took more than 100 ms");
  }

  @Test
  void a_hub_that_does_not_answer_while_inputs_are_sent_is_not_the_machines_fault()
      throws Exception {
    hub.at(Step.QUERY_CLOSURE, gate()::pass);
    Failure failure = failureOf(builder().limits(LIMITS.withQueryTimeout(Duration.ofMillis(100))));
    assertHubFailed(failure, Phase.QUERY);
    assertNoMachineRests();
  }

  @Test
  void a_result_that_the_hub_refuses_is_the_hubs_failure_and_not_tried_again() throws Exception {
    hub.at(
        Step.ADD_TO_STORE_NAR,
        () -> {
          throw new EmbeddedStoreException("path lacks a signature by a trusted key");
        });
    Failure failure = failureOf(builder().limits(LIMITS));
    assertHubFailed(failure, Phase.DOWNLOAD);
    assertThat(failure.message()).contains("lacks a signature by a trusted key");
    assertThat(machine.buildsAsked()).hasSize(1);
    assertNoMachineRests();
  }

  @Test
  void a_hub_process_that_dies_on_the_way_is_replaced() throws Exception {
    hub.once(
        Step.ADD_TO_STORE_NAR,
        () -> {
          throw new IOException("killed");
        });
    try (RemoteBuilds builds = builder().limits(LIMITS).listening(events::add).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(drv));
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(outcome.results().get(drv).attempts()).hasSize(2);
    }
    assertNoMachineRests();
  }

  @Test
  void idle_hub_processes_that_were_killed_do_not_fail_later_builds() throws Exception {
    try (RemoteBuilds builds = open()) {
      assertThat(builds.build(BuildRequest.of(drv))).isInstanceOf(BuildOutcome.Built.class);
      hub.killPrograms();
      StorePath next = derivation("b", text("other", "text"));
      assertThat(builds.build(BuildRequest.of(next))).isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void a_request_whose_own_hub_process_was_killed_fails_and_says_so() throws Exception {
    building(machine, "a", build -> hub.killPrograms());
    Failure failure = failureOf(builder().limits(LIMITS));
    assertHubFailed(failure, Phase.DOWNLOAD);
  }

  @Test
  void idle_hub_sessions_are_ended_after_a_while() throws Exception {
    try (RemoteBuilds builds =
        builder().limits(LIMITS.withIdleConnectionAge(Duration.ofMillis(40))).open()) {
      builds.build(BuildRequest.of(drv));
      await("nothing is idle", () -> hub.programsNow() == 0);
      await("no connection either", () -> machine.connectionsNow() == 0);
    }
  }

  @Test
  void a_store_that_throws_what_it_should_not_fails_the_request() throws Exception {
    Failure failure =
        failureOf(
            RemoteBuilds.on(farm.farm())
                .connectingWith(farm.transport())
                .hub(new DefectiveStore(farm.storeDir()))
                .threads(threads)
                .limits(LIMITS));
    assertHubFailed(failure, Phase.PLAN);
    assertThat(failure.message()).contains("a defect");
  }

  @Test
  void a_transport_problem_of_the_hub_is_told_in_its_words() throws Exception {
    hub.suffer(Fault.wrongHostKey());
    assertThat(failureOf(builder().limits(LIMITS)).message())
        .contains("it shows another host key than before");
  }
}
