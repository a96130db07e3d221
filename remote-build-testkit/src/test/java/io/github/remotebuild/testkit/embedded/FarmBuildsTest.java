package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.testkit.ThreadLedger;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.testkit.fault.FaultPlan;
import io.github.remotebuild.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole requests, on three machines, over pipes and over ssh. */
class FarmBuildsTest {
  private static final String ARM = "aarch64-linux";

  private final CountDownLatch begun = new CountDownLatch(1);

  @RegisterExtension
  final EmbeddedFarmExtension farms =
      EmbeddedFarmExtension.starting(
          EmbeddedFarm.builder()
              .machine(EmbeddedMachine.named("a").maxJobs(2))
              .machine(EmbeddedMachine.named("b").maxJobs(2).supporting("kvm"))
              .machine(EmbeddedMachine.named("c").forSystems(ARM).maxJobs(1))
              .building("join", FarmBuildsTest::join)
              .building("wait", this::waitForEver)
              .overSsh());

  private final ThreadLedger threads = new ThreadLedger();

  enum Way {
    PIPES,
    SSH
  }

  @AfterEach
  void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(Duration.ofSeconds(5));
  }

  /** Writes what its inputs say, in their order, after its own name. */
  private static void join(BuildContext context) throws Exception {
    context.log("joining on " + context.machine());
    String inputs = String.join("", context.inputTexts().values());
    context.write("out", context.derivationPath().derivationName() + "(" + inputs + ")");
  }

  private void waitForEver(BuildContext context) throws InterruptedException {
    begun.countDown();
    new CountDownLatch(1).await();
  }

  private RemoteBuilds open(EmbeddedFarm farm, Way way) {
    Transport transport =
        way == Way.PIPES ? farm.transport() : farm.transport(SshTransport.withDefaults());
    return RemoteBuilds.on(farm.farm())
        .connectingWith(transport)
        .hub(farm.hub())
        .threads(threads)
        .open();
  }

  private static StorePath joining(
      EmbeddedFarm farm, String name, String system, StorePath... inputs) {
    var derivation = farm.derivation(name).system(system).builder("join");
    for (StorePath input : inputs) {
      derivation =
          input.isDerivation() ? derivation.input(input) : derivation.sources(List.of(input));
    }
    return farm.add(derivation);
  }

  /** Four layers of three, each of which needs all of the layer below, on two systems. */
  private static List<StorePath> layers(EmbeddedFarm farm) {
    StorePath source = farm.hub().store().addText("source", "s".repeat(20_000));
    StorePath[] below = {source};
    List<StorePath> all = new ArrayList<>();
    for (int layer = 1; layer <= 4; layer++) {
      StorePath[] now = new StorePath[3];
      for (int i = 0; i < now.length; i++) {
        String system = i == 2 ? ARM : EmbeddedMachineBuilder.DEFAULT_SYSTEM;
        now[i] = joining(farm, "layer-" + layer + "-" + i, system, below);
        all.add(now[i]);
      }
      below = now;
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void a_graph_is_built_on_the_machines_that_can(Way way, EmbeddedFarm farm) throws Exception {
    List<StorePath> all = layers(farm);

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(farm, way)) {
      outcome = builds.build(BuildRequest.of(all.toArray(new StorePath[0])));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(farm.machine("c").built()).hasSize(4);
    assertThat(farm.machine("a").built().size() + farm.machine("b").built().size()).isEqualTo(8);
    assertThat(farm.machine("a").mostBuildsAtOnce()).isLessThanOrEqualTo(2);
    assertThat(farm.machine("c").mostBuildsAtOnce()).isEqualTo(1);
    all.forEach(
        derivation ->
            assertThat(farm.hub().store().text(farm.output(derivation)))
                .startsWith(derivation.derivationName()));
  }

  @ParameterizedTest
  @EnumSource
  void a_machine_that_cuts_at_byte_10000_keeps_nothing_from_being_built(Way way, EmbeddedFarm farm)
      throws Exception {
    farm.machine("b").suffer(Fault.cutAfterBytes(10_000));
    List<StorePath> all = layers(farm);

    try (RemoteBuilds builds = open(farm, way)) {
      BuildOutcome outcome = builds.build(BuildRequest.of(all.toArray(new StorePath[0])));
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    }

    assertThat(farm.machine("a").built()).hasSize(8);
    assertThat(farm.machine("b").told(MachineEvent.Suffered.class)).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_machine_that_dies_while_building_hands_its_work_to_another(Way way, EmbeddedFarm farm)
      throws Exception {
    farm.machine("a").suffer(Fault.dieAt(Phase.BUILD));
    List<StorePath> all = layers(farm);

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(farm, way)) {
      outcome = builds.build(BuildRequest.of(all.toArray(new StorePath[0])));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(farm.machine("a").isAlive()).isFalse();
    assertThat(farm.machine("b").built()).hasSize(8);
    assertThat(outcome.results().values())
        .anySatisfy(
            result ->
                assertThat(result)
                    .isInstanceOfSatisfying(
                        DerivationResult.Built.class,
                        built -> {
                          assertThat(built.attempts()).hasSizeGreaterThan(1);
                          assertThat(built.attempts().get(0).failure().orElseThrow().phase())
                              .isEqualTo(Phase.BUILD);
                        }));
  }

  @ParameterizedTest
  @EnumSource
  void a_feature_decides_where_a_derivation_goes(Way way, EmbeddedFarm farm) throws Exception {
    StorePath virtual =
        farm.add(
            farm.derivation("virtual")
                .system(EmbeddedMachineBuilder.DEFAULT_SYSTEM)
                .builder("join")
                .environment("requiredSystemFeatures", "kvm"));
    StorePath impossible =
        farm.add(
            farm.derivation("impossible")
                .system(EmbeddedMachineBuilder.DEFAULT_SYSTEM)
                .builder("join")
                .environment("requiredSystemFeatures", "quantum"));

    try (RemoteBuilds builds = open(farm, way)) {
      assertThat(builds.build(BuildRequest.of(virtual))).isInstanceOf(BuildOutcome.Built.class);
      assertThat(builds.build(BuildRequest.of(impossible)))
          .isInstanceOf(BuildOutcome.Declined.class);
    }

    assertThat(farm.machine("b").built()).containsExactly(virtual);
    assertThat(farm.machine("a").buildsAsked()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_cancelled_request_ends_its_builders(Way way, EmbeddedFarm farm) throws Exception {
    StorePath endless =
        farm.add(
            farm.derivation("endless")
                .system(EmbeddedMachineBuilder.DEFAULT_SYSTEM)
                .builder("wait"));

    try (RemoteBuilds builds = open(farm, way);
        BuildHandle handle = builds.start(BuildRequest.of(endless))) {
      begun.await();
      handle.cancel();
      assertThat(handle.await()).isInstanceOf(BuildOutcome.Cancelled.class);
    }

    for (EmbeddedMachine machine : farm.machines()) {
      assertThat(machine.awaitNoConnections(Duration.ofSeconds(5))).isTrue();
    }
    assertThat(farm.story()).contains("cancelled, as the client hung up");
  }

  @ParameterizedTest
  @EnumSource
  void programs_build_as_functions_do_and_their_log_arrives(Way way, EmbeddedFarm farm)
      throws Exception {
    StorePath source = farm.hub().store().addText("greeting", "hello");
    StorePath hello =
        farm.shellDerivation(
            "hello",
            "echo reading " + source + "; read -r word < " + source + " || true; echo $word > $out",
            source);
    List<String> log = new ArrayList<>();

    try (RemoteBuilds builds = open(farm, way)) {
      BuildOutcome outcome =
          builds.build(
              BuildRequest.of(hello)
                  .listening(
                      event -> {
                        if (event instanceof BuildEvent.LogLine line) {
                          log.add(line.line());
                        }
                      }));
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    }

    assertThat(farm.hub().store().text(farm.output(hello))).isEqualTo("hello\n");
    assertThat(log).containsExactly("reading " + source);
  }

  @ParameterizedTest
  @EnumSource
  void a_builder_that_fails_fails_the_request_with_its_own_words(Way way, EmbeddedFarm farm)
      throws Exception {
    StorePath broken = farm.shellDerivation("broken", "echo alas; exit 7");

    try (RemoteBuilds builds = open(farm, way)) {
      BuildOutcome outcome = builds.build(BuildRequest.of(broken));
      assertThat(outcome)
          .isInstanceOfSatisfying(
              BuildOutcome.Failed.class,
              failed -> {
                assertThat(failed.failure().cause()).isEqualTo(FailureCause.BUILD_FAILED);
                assertThat(failed.failure().message()).contains("exit code 7");
              });
    }
  }

  @Test
  void every_seed_leaves_one_good_machine_enough_to_build_everything() throws Exception {
    for (long seed = 1; seed <= 8; seed++) {
      try (EmbeddedFarm farm =
          EmbeddedFarm.builder()
              .machine(
                  EmbeddedMachine.named("good")
                      .forSystems(EmbeddedMachineBuilder.DEFAULT_SYSTEM, ARM)
                      .maxJobs(2))
              .machine(
                  EmbeddedMachine.named("bad")
                      .speedFactor(3)
                      .forSystems(EmbeddedMachineBuilder.DEFAULT_SYSTEM, ARM)
                      .suffering(FaultPlan.fromSeed(seed)))
              .building("join", FarmBuildsTest::join)
              .start()) {
        List<StorePath> all = layers(farm);
        BuildOutcome outcome;
        try (RemoteBuilds builds = open(farm, Way.PIPES)) {
          outcome = builds.build(BuildRequest.of(all.toArray(new StorePath[0])));
        }
        assertThat(outcome)
            .as(() -> "seed with the plan: " + farm.machine("bad").faults() + "\n" + farm.story())
            .isInstanceOf(BuildOutcome.Built.class);
      }
    }
  }
}
