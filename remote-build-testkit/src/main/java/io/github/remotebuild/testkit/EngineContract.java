package io.github.remotebuild.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.DerivedPath;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.OutputsSpec;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@link RemoteBuilds} does on any farm, as tests to inherit: on machines in this process as
 * on real ones. A transport or a hub of your own is good enough for builds when they pass.
 *
 * @since 0.1
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class EngineContract {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** How long what has been stopped may take to be gone. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private final ThreadLedger threads = new ThreadLedger();
  private final AtomicInteger connections = new AtomicInteger();
  private final HeardEvents heard = new HeardEvents();
  private final String salt = UUID.randomUUID().toString();
  private ContractFarm farm;
  private ContractHub hub;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // prepare() does it.
  protected EngineContract() {}

  /** The machines and the hub for one test, which closes them. */
  protected abstract ContractFarm start() throws Exception;

  @BeforeEach
  final void prepare() throws Exception {
    farm = start();
    hub = new ContractHub(farm.hub(), farm.system(), salt, threads);
  }

  @AfterEach
  final void no_thread_is_left() throws InterruptedException {
    try {
      threads.assertAllEnd(SOON);
    } finally {
      farm.close();
    }
  }

  /** A machine that takes four builds at once; the first is 0. */
  private Machine machine(int index) {
    return described(index).maxJobs(4).build();
  }

  private MachineBuilder described(int index) {
    return farm.machines().get(index).forSystems(farm.system());
  }

  private RemoteBuilds open(Machine... machines) {
    Transport transport = farm.transport();
    RemoteBuildsBuilder builder =
        RemoteBuilds.on(Farm.of(machines))
            .connectingWith(
                (endpoint, options) -> {
                  connections.incrementAndGet();
                  return transport.connect(endpoint, options);
                })
            .hub(farm.hub())
            .threads(threads)
            .listening(heard);
    return builder.open();
  }

  private static BuildOutcome outcome(BuildHandle handle) throws InterruptedException {
    return handle.await(LONG).orElseThrow(() -> new AssertionError("no outcome in time"));
  }

  private static DerivationResult result(BuildOutcome outcome, StorePath derivation) {
    return requireNonNull(outcome.results().get(derivation), "a result");
  }

  private static DerivationResult.Built built(BuildOutcome outcome, StorePath derivation) {
    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(result(outcome, derivation)).isInstanceOf(DerivationResult.Built.class);
    return (DerivationResult.Built) result(outcome, derivation);
  }

  private static Failure failure(BuildOutcome outcome) {
    assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
    return ((BuildOutcome.Failed) outcome).failure();
  }

  /** A build that says "begun" and does not end, and the words by which its process is known. */
  private record Endless(StorePath derivation, String words) {}

  private Endless endless(String name) throws Exception {
    long seconds = 3_000_000_000L + (UUID.randomUUID().getLeastSignificantBits() >>> 34);
    String words = "sleep " + seconds;
    return new Endless(hub.addScript(name, "echo begun; " + words + "; echo > $out"), words);
  }

  private void awaitBegun(Endless build) {
    heard.awaitLine(build.derivation(), "begun", LONG);
    assertThat(farm.isRunning(build.words())).as("its process is there").isTrue();
  }

  private void assertGoneSoon(Endless build) {
    Eventually.within(
        SOON,
        () -> farm.isRunning(build.words()),
        runs -> assertThat(runs).as("'%s' still runs", build.words()).isFalse());
  }

  @Test
  final void a_derivation_is_built_and_its_output_is_in_the_hub() throws Exception {
    StorePath drv = hub.addScript("one", "echo contents > $out");

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0))) {
      outcome = builds.build(BuildRequest.of(drv));
    }

    DerivationResult.Built built = built(outcome, drv);
    assertThat(built.outputs()).containsExactly(Map.entry("out", hub.output(drv)));
    assertThat(built.machine()).isEqualTo(machine(0).name());
    assertThat(built.attempts()).hasSize(1);
    assertThat(hub.text(hub.output(drv))).isEqualTo("contents\n");
  }

  @Test
  final void a_graph_is_built_in_order() throws Exception {
    StorePath source = hub.addFile("source");
    StorePath low = hub.addScript("low", "echo low: " + source + " > $out", source);
    StorePath left = hub.addScript("left", "cat " + hub.output(low) + " > $out", low);
    StorePath right = hub.addScript("right", "echo right > $out", low);
    StorePath top =
        hub.addScript(
            "top", "cat " + hub.output(left) + " " + hub.output(right) + " > $out", left, right);

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      outcome = builds.build(BuildRequest.of(top));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    assertThat(outcome.results()).containsOnlyKeys(low, left, right, top);
    assertThat(hub.text(hub.output(top))).isEqualTo("low: " + source + "\nright\n");
    for (StorePath below : List.of(left, right)) {
      assertThat(heard.all().indexOf(heard.of(BuildEvent.Finished.class, below).get(0)))
          .isLessThan(heard.all().indexOf(heard.of(BuildEvent.AttemptStarted.class, top).get(0)));
    }
  }

  @Test
  final void what_one_machine_has_made_another_can_build_upon() throws Exception {
    StorePath library = hub.addFile("library");
    StorePath tool =
        hub.add(
            hub.script("tool", "echo " + library + " > $out", library)
                .environment("requiredSystemFeatures", "foo"));
    StorePath user =
        hub.add(
            hub.script("user", "read path < " + hub.output(tool) + "; cat $path > $out", tool)
                .environment("requiredSystemFeatures", "bar"));
    Machine first = described(0).maxJobs(1).supporting("foo").build();
    Machine second = described(1).maxJobs(1).supporting("bar").build();

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(first, second)) {
      outcome = builds.build(BuildRequest.of(user));
    }

    assertThat(built(outcome, tool).machine()).isEqualTo(first.name());
    assertThat(built(outcome, user).machine()).isEqualTo(second.name());
    assertThat(hub.text(hub.output(user))).isEqualTo(hub.text(library));
    assertThat(hub.info(hub.output(tool)).orElseThrow().references()).containsExactly(library);
  }

  @Test
  final void outputs_arrive_as_they_were_made() throws Exception {
    StorePath drv =
        hub.addScript(
            "tree",
            "mkdir $out $out/empty $out/bin; echo '#!/bin/sh' > $out/bin/run;"
                + " chmod +x $out/bin/run; ln -s bin/run $out/link; printf text > $out/text");

    try (RemoteBuilds builds = open(machine(0))) {
      built(builds.build(BuildRequest.of(drv)), drv);
    }

    assertThat(hub.tree(hub.output(drv)))
        .isEqualTo(
            NarTree.directory(
                Map.of(
                    "empty", NarTree.directory(Map.of()),
                    "bin", NarTree.directory(Map.of("run", NarTree.executable("#!/bin/sh\n"))),
                    "link", NarTree.symlink("bin/run"),
                    "text", NarTree.file("text"))));
  }

  @Test
  final void a_fixed_output_keeps_its_content_address() throws Exception {
    String text = "fixed " + salt;
    ContentAddress address =
        new ContentAddress(
            ContentAddressMethod.FLAT,
            Hash.compute(HashAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8)));
    StorePath drv =
        hub.add(hub.script("fixed", "printf '" + text + "' > $out").fixedOutput(address));

    try (RemoteBuilds builds = open(machine(0))) {
      built(builds.build(BuildRequest.of(drv)), drv);
    }

    assertThat(hub.info(hub.output(drv)).orElseThrow().contentAddress()).contains(address);
  }

  @Test
  final void what_a_derivation_says_reaches_its_builder() throws Exception {
    String strange = "two lines\nand 'quotes' \"both\" $HOME `id` \\";
    StorePath drv =
        hub.add(
            hub.script(
                    "said", "printf '%s|' \"$strange\" \"$file\" > $out; cat \"$filePath\" >> $out")
                .environment("strange", strange)
                .environment("file", "this is in a file")
                .environment("passAsFile", "file"));

    try (RemoteBuilds builds = open(machine(0))) {
      built(builds.build(BuildRequest.of(drv)), drv);
    }

    assertThat(hub.text(hub.output(drv))).isEqualTo(strange + "||this is in a file");
  }

  @Test
  final void structured_attributes_reach_the_builder() throws Exception {
    StorePath drv =
        hub.add(
            hub.script(
                    "structured",
                    "PATH=/usr/bin:/bin; test -z \"$salt\";"
                        + " read -r json < $NIX_ATTRS_JSON_FILE || true;"
                        + " rest=${json#*'\"outputs\":{\"out\":\"'}; out=${rest%%'\"'*};"
                        + " cat $NIX_ATTRS_JSON_FILE > $out; echo >> $out;"
                        + " cat $NIX_ATTRS_SH_FILE >> $out")
                .environment(
                    "__json", "{\"z\":{\"n\":1},\"list\":[\"a\",\"b'c d\"],\"flag\":true}"));

    try (RemoteBuilds builds = open(machine(0))) {
      built(builds.build(BuildRequest.of(drv)), drv);
    }

    String out = hub.output(drv).toString();
    assertThat(hub.text(hub.output(drv)).lines())
        .containsExactly(
            "{\"flag\":true,\"list\":[\"a\",\"b'c d\"],\"outputs\":{\"out\":\""
                + out
                + "\"},\"z\":{\"n\":1}}",
            "declare flag=1",
            "declare -a list=('a' 'b'\\''c d' )",
            "declare -A outputs=(['out']='" + out + "' )",
            "declare -A z=(['n']=1 )");
  }

  @Test
  final void only_the_outputs_asked_for_are_fetched() throws Exception {
    StorePath drv =
        hub.add(
            hub.script("many", "echo out > $out; echo dev > $dev; echo doc > $doc")
                .outputs("out", "dev", "doc"));

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0))) {
      outcome = builds.build(BuildRequest.of(drv).outputs("dev"));
    }

    assertThat(built(outcome, drv).outputs()).containsOnlyKeys("dev");
    assertThat(hub.validOutputs(drv)).containsExactly("dev");
  }

  @Test
  final void what_is_valid_needs_no_machine() throws Exception {
    StorePath drv = hub.addScript("there", "echo there > $out");
    try (RemoteBuilds builds = open(machine(0))) {
      built(builds.build(BuildRequest.of(drv)), drv);
    }
    int before = connections.get();

    BuildOutcome again;
    try (RemoteBuilds builds = open(machine(0))) {
      again = builds.build(BuildRequest.of(drv));
    }

    assertThat(again).isInstanceOf(BuildOutcome.Built.class);
    assertThat(result(again, drv)).isInstanceOf(DerivationResult.AlreadyValid.class);
    assertThat(connections.get()).as("connections").isEqualTo(before);
    assertThat(heard.of(BuildEvent.AttemptStarted.class, drv)).hasSize(1);
  }

  private static final List<String> FOUR = List.of("out", "dev", "doc", "lib");

  private static List<String> subset(int bits) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < FOUR.size(); i++) {
      if ((bits >> i & 1) == 1) {
        names.add(FOUR.get(i));
      }
    }
    return names;
  }

  private static DerivedPath.Built wanting(StorePath drv, List<String> outputs) {
    return new DerivedPath.Built(drv, OutputsSpec.names(outputs.toArray(new String[0])));
  }

  /**
   * For each of the 16 ways in which four outputs can be there already, in the hub and on the
   * machine that builds the rest.
   */
  @Test
  final void of_outputs_that_are_partly_there_the_wanted_ones_that_are_missing_are_fetched()
      throws Exception {
    List<String> wanted = List.of("out", "dev");
    List<DerivationBuilder> described = new ArrayList<>();
    for (int bits = 0; bits < 16; bits++) {
      described.add(
          hub.script(
                  "four-" + bits,
                  "echo out > $out; echo dev > $dev; echo doc > $doc; echo lib > $lib")
              .outputs(FOUR.toArray(new String[0])));
    }
    List<StorePath> drvs = hub.addAll(described);
    List<DerivedPath.Built> there = new ArrayList<>();
    List<DerivationBuilder> users = new ArrayList<>();
    for (int bits = 1; bits < 16; bits++) {
      String[] names = subset(bits).toArray(new String[0]);
      there.add(wanting(drvs.get(bits), subset(bits)));
      users.add(hub.script("user-" + bits, "echo > $out").input(drvs.get(bits), names));
    }
    StorePath[] using = hub.addAll(users).toArray(new StorePath[0]);

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      MachineRule onlyOther = MachineRule.only(List.of(machine(1).name()));
      MachineRule onlyThis = MachineRule.only(List.of(machine(0).name()));
      builds.build(BuildRequest.of(there).obeying(onlyOther));
      // Brings to the machine those outputs that the hub has, and no others.
      builds.build(BuildRequest.of(using).obeying(onlyThis));
      for (int bits = 0; bits < 16; bits++) {
        assertThat(hub.validOutputs(drvs.get(bits)))
            .containsExactlyElementsOf(sorted(subset(bits)));
      }
      heard.forget();
      outcome =
          builds.build(
              BuildRequest.of(drvs.stream().map(drv -> wanting(drv, wanted)).toList())
                  .obeying(onlyThis));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    for (int bits = 0; bits < 16; bits++) {
      StorePath drv = drvs.get(bits);
      List<String> missing = new ArrayList<>(wanted);
      missing.removeAll(subset(bits));
      SortedSet<String> after = sorted(subset(bits));
      after.addAll(wanted);
      assertThat(result(outcome, drv))
          .isInstanceOf(
              missing.isEmpty()
                  ? DerivationResult.AlreadyValid.class
                  : DerivationResult.Built.class);
      assertThat(heard.of(BuildEvent.DownloadStarted.class, drv))
          .extracting(BuildEvent.DownloadStarted::paths)
          .as("paths fetched for %s", drv.name())
          .isEqualTo(missing.isEmpty() ? List.of() : List.of(missing.size()));
      assertThat(hub.validOutputs(drv)).as(drv.name()).isEqualTo(after);
      for (String name : after) {
        assertThat(hub.text(hub.output(drv, name))).isEqualTo(name + "\n");
      }
    }
  }

  private static SortedSet<String> sorted(List<String> names) {
    return new TreeSet<>(names);
  }

  @Test
  final void an_output_that_is_there_is_left_alone_and_the_ones_built_later_refer_to_it()
      throws Exception {
    StorePath drv =
        hub.add(
            hub.script(
                    "different-every-time",
                    "read random < /proc/sys/kernel/random/uuid; echo $random > $dev;"
                        + " echo $dev > $out")
                .outputs("out", "dev"));
    StorePath before = hub.add(hub.script("before", "echo > $out").input(drv, "dev"));
    StorePath after =
        hub.add(
            hub.script(
                    "after",
                    "read path < "
                        + hub.output(drv)
                        + "; cat "
                        + hub.output(drv, "dev")
                        + " $path > $out")
                .input(drv, "out", "dev"));

    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      MachineRule onlyOther = MachineRule.only(List.of(machine(1).name()));
      MachineRule onlyThis = MachineRule.only(List.of(machine(0).name()));
      builds.build(BuildRequest.of(drv).outputs("dev").obeying(onlyOther));
      // Brings one of the two outputs to the machine.
      builds.build(BuildRequest.of(before).obeying(onlyThis));
      String random = hub.text(hub.output(drv, "dev"));

      built(builds.build(BuildRequest.of(drv).obeying(onlyThis)), drv);
      built(builds.build(BuildRequest.of(after).obeying(onlyThis)), after);

      assertThat(hub.text(hub.output(drv, "dev"))).isEqualTo(random);
      assertThat(hub.text(hub.output(drv))).isEqualTo(hub.output(drv, "dev") + "\n");
      assertThat(hub.text(hub.output(after))).isEqualTo(random + random);
    }
    assertThat(hub.info(hub.output(drv)).orElseThrow().references())
        .containsExactly(hub.output(drv, "dev"));
  }

  @Test
  final void inputs_are_sent_once() throws Exception {
    StorePath base = hub.addFile("base");
    StorePath source = hub.addFile("source", base);
    StorePath first = hub.addScript("first", "cat " + source + " > $out", source);
    StorePath second = hub.addScript("second", "cat " + source + " > $out", source);

    for (StorePath drv : List.of(first, second)) {
      try (RemoteBuilds builds = open(machine(0))) {
        built(builds.build(BuildRequest.of(drv)), drv);
      }
    }

    assertThat(heard.of(BuildEvent.UploadStarted.class, first))
        .extracting(BuildEvent.UploadStarted::paths)
        .containsExactly(2);
    assertThat(heard.of(BuildEvent.UploadStarted.class, second)).isEmpty();
  }

  @Test
  final void the_log_arrives_line_by_line_and_before_the_end() throws Exception {
    StorePath drv =
        hub.addScript(
            "talkative",
            "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done;"
                + " echo to standard error >&2; printf 'no end'; echo > $out");

    try (RemoteBuilds builds = open(machine(0))) {
      built(builds.build(BuildRequest.of(drv)), drv);
    }

    assertThat(heard.log(drv))
        .hasSize(202)
        .startsWith("line 0", "line 1")
        .endsWith("line 199", "to standard error", "no end");
    assertThat(heard.all().get(0)).isEqualTo(new BuildEvent.Planned(1, 0));
    assertThat(heard.all().get(heard.all().size() - 1)).isInstanceOf(BuildEvent.Finished.class);
  }

  @Test
  final void a_builder_that_fails_is_the_derivations_fault_and_not_tried_elsewhere()
      throws Exception {
    StorePath drv = hub.addScript("broken", "echo first; echo last words >&2; exit 3");

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      outcome = builds.build(BuildRequest.of(drv));
    }

    Failure failure = failure(outcome);
    assertThat(failure.culprit()).isEqualTo(Culprit.DERIVATION);
    assertThat(failure.cause()).isEqualTo(FailureCause.BUILD_FAILED);
    assertThat(failure.phase()).isEqualTo(Phase.BUILD);
    assertThat(failure.message())
        .startsWith("Could not build " + drv + " on ")
        .endsWith(": its builder failed with exit code 3");
    assertThat(result(outcome, drv).attempts()).hasSize(1);
    assertThat(heard.log(drv)).containsExactly("first", "last words");
    assertThat(hub.isValid(hub.output(drv))).isFalse();
  }

  @Test
  final void keep_going_builds_what_does_not_need_what_failed() throws Exception {
    StorePath broken = hub.addScript("broken", "exit 1");
    StorePath middle = hub.addScript("middle", "echo > $out", broken);
    StorePath top = hub.addScript("top", "echo > $out", middle);
    StorePath low = hub.addScript("low", "echo > $out");
    StorePath other = hub.addScript("other", "echo > $out", low);

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0))) {
      outcome = builds.build(BuildRequest.of(top, other).keepGoing());
    }

    assertThat(failure(outcome).cause()).isEqualTo(FailureCause.BUILD_FAILED);
    assertThat(result(outcome, middle))
        .isEqualTo(new DerivationResult.DependencyFailed(middle, broken));
    assertThat(result(outcome, top)).isEqualTo(new DerivationResult.DependencyFailed(top, broken));
    assertThat(result(outcome, other)).isInstanceOf(DerivationResult.Built.class);
    assertThat(hub.isValid(hub.output(other))).isTrue();
  }

  private void assertTimesOut(BuildRequest request, Endless build, String words) throws Exception {
    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      outcome = builds.build(request);
    }

    Failure failure = failure(outcome);
    assertThat(failure.cause()).isEqualTo(FailureCause.TIMED_OUT);
    assertThat(failure.culprit()).isEqualTo(Culprit.DERIVATION);
    assertThat(failure.message()).contains(words);
    assertThat(result(outcome, build.derivation()).attempts()).hasSize(1);
    assertGoneSoon(build);
  }

  @Test
  final void a_build_that_runs_for_too_long_is_stopped() throws Exception {
    Endless build = endless("slow");
    assertTimesOut(
        BuildRequest.of(build.derivation()).timeout(Duration.ofSeconds(1)),
        build,
        "it ran for more than 1 s");
  }

  @Test
  final void a_build_that_is_silent_for_too_long_is_stopped() throws Exception {
    Endless build = endless("silent");
    assertTimesOut(
        BuildRequest.of(build.derivation()).maxSilentTime(Duration.ofSeconds(1)),
        build,
        "it printed nothing for more than 1 s");
  }

  @Test
  final void a_cancelled_build_is_gone_from_its_machine_and_frees_its_slot() throws Exception {
    Endless build = endless("cancelled");
    StorePath next = hub.addScript("next", "echo > $out");
    try (RemoteBuilds builds = open(described(0).maxJobs(1).build())) {
      BuildHandle handle = builds.start(BuildRequest.of(build.derivation()));
      awaitBegun(build);

      handle.cancel();

      assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Cancelled.class);
      assertGoneSoon(build);
      built(builds.build(BuildRequest.of(next)), next);
    }
    assertThat(hub.isValid(hub.output(build.derivation()))).isFalse();
  }

  @Test
  final void closing_stops_what_is_being_built() throws Exception {
    Endless build = endless("closed");
    RemoteBuilds builds = open(machine(0));
    BuildHandle handle = builds.start(BuildRequest.of(build.derivation()));
    awaitBegun(build);

    builds.close();

    assertThat(handle.await(Duration.ZERO))
        .get()
        .isInstanceOfSatisfying(
            BuildOutcome.Cancelled.class,
            cancelled -> assertThat(cancelled.reason()).isEqualTo("RemoteBuilds was closed"));
    assertGoneSoon(build);
  }

  @Test
  final void builds_are_spread_over_the_machines() throws Exception {
    Endless one = endless("spread-1");
    Endless two = endless("spread-2");
    try (RemoteBuilds builds =
        open(described(0).maxJobs(1).build(), described(1).maxJobs(1).build())) {
      builds.start(BuildRequest.of(one.derivation(), two.derivation()));
      awaitBegun(one);
      awaitBegun(two);
    }

    assertThat(heard.of(BuildEvent.BuildStarted.class))
        .extracting(BuildEvent.BuildStarted::machine)
        .containsExactlyInAnyOrder(machine(0).name(), machine(1).name());
  }

  @Test
  final void a_feature_leads_to_the_machine_that_has_it() throws Exception {
    StorePath drv =
        hub.add(hub.script("picky", "echo > $out").environment("requiredSystemFeatures", "foo"));
    StorePath modest = hub.addScript("modest", "echo > $out");
    Machine faster = described(0).maxJobs(1).speedFactor(9).insistingOn("bar").build();
    Machine able = described(1).maxJobs(1).supporting("foo").build();

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(faster, able)) {
      outcome = builds.build(BuildRequest.of(drv, modest));
    }

    assertThat(built(outcome, drv).machine()).isEqualTo(able.name());
    assertThat(built(outcome, modest).machine())
        .as("the other one insists on a feature")
        .isEqualTo(able.name());
  }

  @Test
  final void what_no_machine_can_ever_take_is_declined() throws Exception {
    StorePath drv =
        hub.add(
            hub.script("impossible", "echo > $out")
                .environment("requiredSystemFeatures", "antigravity"));

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      outcome = builds.build(BuildRequest.of(drv));
    }

    assertThat(outcome)
        .isInstanceOfSatisfying(
            BuildOutcome.Declined.class,
            declined -> assertThat(declined.decision().explain()).contains("antigravity"));
    assertThat(result(outcome, drv).describe()).contains("antigravity");
    assertThat(connections).hasValue(0);
  }

  @Test
  final void a_derivation_that_the_hub_does_not_have_is_named() throws Exception {
    StorePath stranger =
        farm.hub()
            .storeDir()
            .textPath("stranger.drv", List.of(), salt.getBytes(StandardCharsets.UTF_8));

    BuildOutcome outcome;
    try (RemoteBuilds builds = open(machine(0))) {
      outcome = builds.build(BuildRequest.of(stranger));
    }

    assertThat(failure(outcome).cause()).isEqualTo(FailureCause.DERIVATION_UNREADABLE);
    assertThat(failure(outcome).message()).contains(stranger.toString());
  }

  @Test
  final void results_are_rooted_until_the_handle_is_closed() throws Exception {
    StorePath drv = hub.addScript("rooted", "echo > $out");
    try (RemoteBuilds builds = open(machine(0))) {
      BuildHandle handle = builds.start(BuildRequest.of(drv));
      built(outcome(handle), drv);
      assertThat(farm.isDeletedFromHub(hub.output(drv))).as("while it is open").isFalse();
      handle.close();
    }

    assertThat(farm.isDeletedFromHub(hub.output(drv))).as("when all is closed").isTrue();
  }

  @Test
  final void several_requests_at_once_are_all_answered() throws Exception {
    StorePath shared = hub.addScript("shared", "echo shared > $out");
    List<DerivationBuilder> described = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      described.add(
          hub.script(
              "user-" + i,
              "read word < " + hub.output(shared) + "; echo $word " + i + " > $out",
              shared));
    }
    List<StorePath> users = hub.addAll(described);

    List<BuildHandle> handles = new ArrayList<>();
    try (RemoteBuilds builds = open(machine(0), machine(1))) {
      for (StorePath user : users) {
        handles.add(builds.start(BuildRequest.of(user)));
        handles.add(builds.start(BuildRequest.of(user)));
      }
      for (BuildHandle handle : handles) {
        assertThat(outcome(handle)).isInstanceOf(BuildOutcome.Built.class);
      }
    }

    for (int i = 0; i < users.size(); i++) {
      assertThat(hub.text(hub.output(users.get(i)))).isEqualTo("shared " + i + "\n");
    }
  }

  @Test
  final void a_machine_that_is_down_costs_an_attempt_and_no_more() throws Exception {
    StorePath drv = hub.addScript("moving", "echo > $out");
    // An address that is taken, where nobody listens.
    try (Socket taken = new Socket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Machine down =
          Machine.at("ssh://127.0.0.1:" + taken.getLocalPort())
              .forSystems(farm.system())
              .speedFactor(9)
              .build();

      BuildOutcome outcome;
      try (RemoteBuilds builds = open(down, machine(0))) {
        outcome = builds.build(BuildRequest.of(drv));
      }

      DerivationResult.Built built = built(outcome, drv);
      assertThat(built.machine()).isEqualTo(machine(0).name());
      assertThat(built.attempts()).hasSize(2);
      Failure first = built.attempts().get(0).failure().orElseThrow();
      assertThat(first.machine()).contains(down.name());
      assertThat(first.phase()).isEqualTo(Phase.CONNECT);
      assertThat(first.culprit()).isEqualTo(Culprit.MACHINE);
      assertThat(heard.of(BuildEvent.MachineResting.class))
          .extracting(BuildEvent.MachineResting::machine)
          .containsOnly(down.name());
    } catch (IOException e) {
      throw new AssertionError("No address could be taken", e);
    }
  }
}
