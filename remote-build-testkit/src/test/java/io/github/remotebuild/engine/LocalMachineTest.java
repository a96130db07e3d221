package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.ThreadLedger;
import io.github.remotebuild.testkit.embedded.BuildContext;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedFarmExtension;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.EmbeddedMachineBuilder;
import io.github.remotebuild.testkit.embedded.MachineEvent;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The hub as one more machine of the farm. */
@Timeout(60)
class LocalMachineTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String SYSTEM = EmbeddedMachineBuilder.DEFAULT_SYSTEM;

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  @RegisterExtension
  final EmbeddedFarmExtension farms =
      EmbeddedFarmExtension.starting(
          EmbeddedFarm.builder()
              .machine(EmbeddedMachine.named("away").maxJobs(2).speedFactor(4).supporting("kvm"))
              .local(hub -> hub.maxJobs(2).supporting("big"))
              .building("say", LocalMachineTest::say)
              .building("wait", this::waitAtGate));

  private final ThreadLedger threads = new ThreadLedger();
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();
  private EmbeddedFarm farm;
  private EmbeddedMachine hub;

  @BeforeEach
  void start(EmbeddedFarm started) {
    farm = started;
    hub = farm.hub().machine();
  }

  @AfterEach
  void nothing_is_left() throws InterruptedException {
    gate.countDown();
    threads.assertAllEnd(LONG);
    assertThat(hub.connectionsNow()).isZero();
  }

  /** Writes where it was built, after what its inputs say. */
  private static void say(BuildContext context) throws Exception {
    context.log("built on " + context.machine());
    StringBuilder text = new StringBuilder();
    for (StorePath input : new TreeSet<>(context.derivation().inputSources())) {
      text.append(Files.readString(context.realPath(input))).append(' ');
    }
    context.write("out", text + context.machine());
  }

  private void waitAtGate(BuildContext context) throws Exception {
    begun.countDown();
    gate.await();
    context.write("out", context.machine());
  }

  private StorePath say(String name, StorePath... inputs) {
    var derivation = farm.derivation(name).system(SYSTEM).builder("say");
    for (StorePath input : inputs) {
      derivation =
          input.isDerivation() ? derivation.input(input) : derivation.sources(List.of(input));
    }
    return farm.add(derivation);
  }

  private StorePath waiting(String name) {
    return farm.add(farm.derivation(name).system(SYSTEM).builder("wait"));
  }

  private RemoteBuildsBuilder describe() {
    return farm.remoteBuilds().threads(threads).listening(events::add);
  }

  private BuildOutcome build(BuildRequest request) throws InterruptedException {
    try (RemoteBuilds builds = describe().open()) {
      return builds.build(request);
    }
  }

  private String text(StorePath derivation) {
    return farm.hub().store().text(farm.output(derivation));
  }

  private static List<String> machines(BuildOutcome outcome, StorePath derivation) {
    DerivationResult result = outcome.results().get(derivation);
    return result.attempts().stream().map(Attempt::machine).toList();
  }

  private <E extends BuildEvent> List<E> heard(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Test
  void what_is_built_locally_is_neither_sent_nor_fetched() throws InterruptedException {
    StorePath source = farm.hub().store().addText("source", "words");
    StorePath drv = say("a", source);

    BuildOutcome outcome = build(BuildRequest.of(drv).placing(Locality.LOCAL_FIRST));

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(machines(outcome, drv)).containsExactly("local");
    assertThat(text(drv)).isEqualTo("words the-hub");
    assertThat(farm.machine("away").connectionsSoFar()).isZero();
    assertThat(hub.told(MachineEvent.Added.class)).isEmpty();
    assertThat(hub.told(MachineEvent.Dumped.class))
        .extracting(MachineEvent.Dumped::path)
        .containsExactly(drv);
    assertThat(heard(BuildEvent.UploadStarted.class)).isEmpty();
    assertThat(heard(BuildEvent.DownloadStarted.class)).isEmpty();
    assertThat(heard(BuildEvent.LogLine.class))
        .extracting(BuildEvent.LogLine::machine, BuildEvent.LogLine::line)
        .containsExactly(tuple("local", "built on the-hub"));
  }

  @Test
  void it_is_started_with_delegation_switched_off() throws InterruptedException {
    build(BuildRequest.of(say("a")).placing(Locality.LOCAL_FIRST));

    assertThat(hub.told(MachineEvent.Started.class))
        .extracting(MachineEvent.Started::command)
        .filteredOn(words -> words.contains("--builders"))
        .singleElement()
        .satisfies(
            words -> assertThat(words).containsSequence("--builders", "", "--max-jobs", "1"));
  }

  @Test
  void a_derivation_that_prefers_it_is_built_there_unless_the_request_says_otherwise()
      throws InterruptedException {
    StorePath plain = say("plain");
    StorePath prefers =
        farm.add(
            farm.derivation("prefers")
                .system(SYSTEM)
                .builder("say")
                .environment("preferLocalBuild", "1"));
    StorePath again =
        farm.add(
            farm.derivation("again")
                .system(SYSTEM)
                .builder("say")
                .environment("preferLocalBuild", "1"));

    BuildOutcome both = build(BuildRequest.of(plain, prefers));
    BuildOutcome overridden = build(BuildRequest.of(again).placing(Locality.NEVER_LOCAL));

    assertThat(machines(both, plain)).as("the faster").containsExactly("away");
    assertThat(machines(both, prefers)).containsExactly("local");
    assertThat(machines(overridden, again)).containsExactly("away");
  }

  @Test
  void a_request_may_speak_of_derivations_that_prefer_it_and_of_others_apart()
      throws InterruptedException {
    StorePath plain = say("plain");
    StorePath prefers =
        farm.add(
            farm.derivation("prefers")
                .system(SYSTEM)
                .builder("say")
                .environment("preferLocalBuild", "1"));

    BuildOutcome outcome =
        build(BuildRequest.of(plain, prefers).placing(Locality.LOCAL_FIRST, Locality.NEVER_LOCAL));

    assertThat(machines(outcome, plain)).containsExactly("local");
    assertThat(machines(outcome, prefers)).containsExactly("away");
  }

  @Test
  void a_graph_is_built_on_both_sides_and_only_what_crosses_is_copied()
      throws InterruptedException {
    StorePath local = say("local-part");
    StorePath remote =
        farm.add(
            farm.derivation("remote-part")
                .system(SYSTEM)
                .builder("say")
                .environment("requiredSystemFeatures", "kvm")
                .input(local));
    StorePath top = say("top", remote);

    BuildOutcome outcome = build(BuildRequest.of(top).placing(Locality.LOCAL_FIRST));

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(hub.built()).containsExactly(local, top);
    assertThat(farm.machine("away").built()).containsExactly(remote);
    assertThat(text(top)).isEqualTo("the-hub away the-hub");
    assertThat(farm.machine("away").told(MachineEvent.Added.class))
        .extracting(MachineEvent.Added::path)
        .containsExactly(farm.output(local));
    assertThat(hub.told(MachineEvent.Added.class))
        .extracting(MachineEvent.Added::path)
        .containsExactly(farm.output(remote));
  }

  @Test
  void it_takes_no_more_builds_than_it_has_slots() throws InterruptedException {
    List<StorePath> many = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      many.add(say("n" + i));
    }

    BuildOutcome outcome =
        build(BuildRequest.of(many.toArray(StorePath[]::new)).placing(Locality.LOCAL_FIRST));

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(hub.built()).hasSize(8);
    assertThat(hub.mostBuildsAtOnce()).isLessThanOrEqualTo(2);
  }

  @Test
  void when_its_slots_are_taken_others_help_if_only_free_slots_count() throws Exception {
    StorePath one = waiting("one");
    StorePath two = waiting("two");
    StorePath three = say("three");
    try (RemoteBuilds builds = describe().open();
        BuildHandle busy =
            builds.start(BuildRequest.of(one, two).placing(Locality.LOCAL_WHEN_FREE))) {
      Eventually.within(LONG, hub::buildsNow, running -> assertThat(running).isEqualTo(2));

      BuildOutcome outcome = builds.build(BuildRequest.of(three).placing(Locality.LOCAL_WHEN_FREE));

      assertThat(machines(outcome, three)).containsExactly("away");
      gate.countDown();
      assertThat(busy.await(LONG).orElseThrow()).isInstanceOf(BuildOutcome.Built.class);
      assertThat(hub.built()).containsExactlyInAnyOrder(one, two);
    }
  }

  @Test
  void its_features_count_as_any_machines_do() throws InterruptedException {
    StorePath kvm =
        farm.add(
            farm.derivation("kvm")
                .system(SYSTEM)
                .builder("say")
                .environment("requiredSystemFeatures", "kvm"));
    StorePath both =
        farm.add(
            farm.derivation("both")
                .system(SYSTEM)
                .builder("say")
                .environment("requiredSystemFeatures", "kvm big"));

    BuildOutcome elsewhere = build(BuildRequest.of(kvm).placing(Locality.LOCAL_FIRST));
    BuildOutcome nowhere = build(BuildRequest.of(both).placing(Locality.LOCAL_FIRST));

    assertThat(machines(elsewhere, kvm)).containsExactly("away");
    assertThat(nowhere).isInstanceOf(BuildOutcome.Declined.class);
    assertThat(((BuildOutcome.Declined) nowhere).decision().explain())
        .contains("away: lacks feature big", "local: lacks feature kvm");
  }

  @Test
  void a_request_uses_or_refuses_it_by_name_or_predicate() throws InterruptedException {
    StorePath a = say("a");
    StorePath b = say("b");
    StorePath c = say("c");
    StorePath d = say("d");

    BuildOutcome onlyLocal = build(BuildRequest.of(a).usingOnly("local"));
    BuildOutcome notLocal = build(BuildRequest.of(b).refusing("local"));
    BuildOutcome predicate =
        build(
            BuildRequest.of(c)
                .obeying(MachineRule.matching("only the hub itself", Machine::isLocal)));
    BuildOutcome typo = build(BuildRequest.of(d).usingOnly("lokal"));

    assertThat(machines(onlyLocal, a)).containsExactly("local");
    assertThat(machines(notLocal, b)).containsExactly("away");
    assertThat(machines(predicate, c)).containsExactly("local");
    assertThat(((BuildOutcome.Declined) typo).decision().explain())
        .contains(
            "local: the request allows only lokal",
            "the request names lokal, but no machine has that name");
  }

  @Test
  void a_failed_build_there_is_final_and_says_where() throws InterruptedException {
    StorePath drv = farm.add(farm.derivation("bad").system(SYSTEM).builder("no-such-function"));

    BuildOutcome outcome = build(BuildRequest.of(drv).usingOnly("local"));

    assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
    assertThat(((BuildOutcome.Failed) outcome).failure().machine()).contains("local");
    assertThat(((BuildOutcome.Failed) outcome).failure().message())
        .startsWith("Could not build " + drv + " on local: ");
  }

  @Test
  void a_build_there_is_stopped_when_it_takes_too_long() throws InterruptedException {
    BuildOutcome outcome =
        build(
            BuildRequest.of(waiting("slow"))
                .placing(Locality.LOCAL_FIRST)
                .timeout(Duration.ofSeconds(1)));

    assertThat(((BuildOutcome.Failed) outcome).failure().cause()).isEqualTo(FailureCause.TIMED_OUT);
    assertThat(hub.buildsNow()).isZero();
  }

  @Test
  void cancelling_ends_the_build_there_and_leaves_nothing() throws Exception {
    StorePath drv = waiting("endless");
    try (RemoteBuilds builds = describe().open();
        BuildHandle handle = builds.start(BuildRequest.of(drv).placing(Locality.LOCAL_FIRST))) {
      assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();

      handle.cancel();

      assertThat(handle.await(LONG).orElseThrow()).isInstanceOf(BuildOutcome.Cancelled.class);
      Eventually.within(LONG, hub::buildsNow, running -> assertThat(running).isZero());
      assertThat(hub.told(MachineEvent.BuildCancelled.class)).hasSize(1);
      StorePath next = say("next");
      assertThat(builds.build(BuildRequest.of(next).usingOnly("local")))
          .isInstanceOf(BuildOutcome.Built.class);
    }
  }

  @Test
  void closing_everything_ends_a_build_there() throws Exception {
    BuildHandle handle;
    try (RemoteBuilds builds = describe().open()) {
      handle = builds.start(BuildRequest.of(waiting("endless")).placing(Locality.LOCAL_FIRST));
      assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    assertThat(handle.await()).isInstanceOf(BuildOutcome.Cancelled.class);
    Eventually.within(LONG, hub::buildsNow, running -> assertThat(running).isZero());
    Eventually.within(LONG, hub::connectionsNow, open -> assertThat(open).isZero());
  }

  @Test
  void a_session_lost_during_the_build_moves_it_to_another_machine() throws InterruptedException {
    StorePath drv = say("a");
    // The first connection is that of planning.
    hub.suffer(Fault.cutAt(Phase.BUILD).onConnection(2));

    BuildOutcome outcome = build(BuildRequest.of(drv).placing(Locality.LOCAL_FIRST));

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(machines(outcome, drv)).containsExactly("local", "away");
    assertThat(heard(BuildEvent.MachineResting.class))
        .extracting(BuildEvent.MachineResting::machine)
        .containsExactly("local");
  }

  @Test
  void an_input_that_was_collected_is_named() throws Exception {
    StorePath below = waiting("below");
    StorePath source = farm.hub().store().addText("source", "words");
    StorePath drv =
        farm.add(
            farm.derivation("above")
                .system(SYSTEM)
                .builder("say")
                .input(below)
                .sources(List.of(source)));
    try (RemoteBuilds builds = describe().open();
        BuildHandle handle = builds.start(BuildRequest.of(drv).placing(Locality.LOCAL_FIRST))) {
      assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      farm.hub().store().delete(drv);
      farm.hub().store().delete(source);
      gate.countDown();

      BuildOutcome outcome = handle.await(LONG).orElseThrow();

      assertThat(((BuildOutcome.Failed) outcome).failure().message())
          .isEqualTo(
              "Could not build "
                  + drv
                  + ": its input "
                  + source
                  + " is not valid in the embedded hub");
    }
  }

  @Test
  void what_was_built_there_is_kept_until_the_handle_is_closed() throws Exception {
    StorePath drv = say("kept");
    try (RemoteBuilds builds = describe().open()) {
      try (BuildHandle handle = builds.start(BuildRequest.of(drv).placing(Locality.LOCAL_FIRST))) {
        assertThat(handle.await(LONG).orElseThrow()).isInstanceOf(BuildOutcome.Built.class);

        farm.hub().store().collectGarbage();
        assertThat(farm.hub().store().isValid(farm.output(drv))).isTrue();
      }
    }
    assertThat(farm.hub().store().collectGarbage()).isNotEmpty();
  }

  /** The same hub, whose sessions cannot build. */
  private Store unableHub() {
    Store able = farm.hub();
    return new Store() {
      @Override
      public String name() {
        return "the archive";
      }

      @Override
      public StoreDir storeDir() {
        return able.storeDir();
      }

      @Override
      public StoreSession open(StderrSink stderr, ConnectOptions options, SessionSettings settings)
          throws TransportException, InterruptedException {
        return able.open(stderr, options, settings);
      }
    };
  }

  private RemoteBuilds onUnableHub(Farm on) {
    return RemoteBuilds.on(on)
        .connectingWith(farm.transport())
        .hub(unableHub())
        .threads(threads)
        .open();
  }

  @Test
  void a_hub_that_cannot_build_says_so_and_leaves_the_work_to_others() throws InterruptedException {
    StorePath first = say("first");
    StorePath second = say("second");
    Machine local = Machine.local().forSystems(SYSTEM).build();
    try (RemoteBuilds builds = onUnableHub(farm.farm())) {
      BuildOutcome moved = builds.build(BuildRequest.of(first).placing(Locality.LOCAL_FIRST));

      assertThat(moved).isInstanceOf(BuildOutcome.Built.class);
      assertThat(machines(moved, first)).containsExactly("local", "away");
    }
    try (RemoteBuilds builds = onUnableHub(Farm.of(local))) {
      BuildOutcome outcome = builds.build(BuildRequest.of(second));

      assertThat(((BuildOutcome.Failed) outcome).failure().cause())
          .isEqualTo(FailureCause.UNSUPPORTED);
      assertThat(((BuildOutcome.Failed) outcome).failure().message())
          .isEqualTo(
              "Could not build on local: the hub, the archive, cannot build; leave the local"
                  + " machine out of the farm, or use a hub that can");
    }
  }

  @Test
  void entries_that_name_it_twice_share_its_health_and_have_their_own_slots()
      throws InterruptedException {
    Machine one = Machine.at("local").forSystems(SYSTEM).build();
    Machine other = Machine.at("auto").forSystems(SYSTEM).build();
    Set<StorePath> many = new TreeSet<>();
    for (int i = 0; i < 6; i++) {
      many.add(say("n" + i));
    }
    try (RemoteBuilds builds =
        RemoteBuilds.on(Farm.of(one, other)).hub(farm.hub()).threads(threads).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(many.toArray(StorePath[]::new)));

      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(hub.built()).containsExactlyInAnyOrderElementsOf(many);
      assertThat(hub.mostBuildsAtOnce()).isLessThanOrEqualTo(2);
    }
  }
}
