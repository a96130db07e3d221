package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.Limits;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.dispatch.RestRule;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.Gate;
import io.github.remotebuild.testkit.ThreadLedger;
import io.github.remotebuild.testkit.embedded.BuildContext;
import io.github.remotebuild.testkit.embedded.BuildFailedException;
import io.github.remotebuild.testkit.embedded.BuilderFunction;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedFarmBuilder;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import io.github.remotebuild.testkit.embedded.EmbeddedMachineBuilder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * An embedded farm over pipes, whose builders are functions that a test may set at any time, and
 * after each test the proof that nothing is left open.
 */
@Timeout(60)
abstract class FarmFixture {
  static final Duration LONG = Duration.ofSeconds(20);

  /** Bounds that make tests short, and none so short that a slow computer meets it by chance. */
  static final Limits LIMITS = Limits.defaults().withCloseGrace(Duration.ofMillis(500));

  static final String SYSTEM = EmbeddedMachineBuilder.DEFAULT_SYSTEM;

  /** The builder of every derivation made here. */
  private static final String SCRIPTED = "scripted";

  private final Map<String, BuilderFunction> functions = new ConcurrentHashMap<>();
  private final List<Gate> gates = new CopyOnWriteArrayList<>();
  final ThreadLedger threads = new ThreadLedger();
  EmbeddedFarm farm;
  EmbeddedMachine hub;

  /** Starts a farm of these machines; once in a test. */
  void start(EmbeddedMachineBuilder... machines) {
    EmbeddedFarmBuilder described = EmbeddedFarm.builder().building(SCRIPTED, this::build);
    for (EmbeddedMachineBuilder machine : machines) {
      described = described.machine(machine);
    }
    farm = described.start();
    hub = farm.hub().machine();
  }

  static EmbeddedMachineBuilder machine(String name, int maxJobs) {
    return EmbeddedMachine.named(name).maxJobs(maxJobs);
  }

  /** Builds derivations of this name on this machine with this function. */
  void building(EmbeddedMachine machine, String derivation, BuilderFunction function) {
    functions.put(machine + "/" + derivation, function);
  }

  /** Runs the function that was set; outputs that it does not make are files with their names. */
  private void build(BuildContext context) throws Exception {
    BuilderFunction function =
        functions.get(context.machine() + "/" + context.derivationPath().derivationName());
    if (function != null) {
      function.build(context);
    }
    for (String output : context.derivation().outputs().keySet()) {
      if (!Files.exists(context.realPath(context.output(output)), LinkOption.NOFOLLOW_LINKS)) {
        context.write(output, output);
      }
    }
  }

  /** A builder that fails for good. */
  static BuilderFunction failing(String message) {
    return build -> {
      throw new BuildFailedException(BuildStatus.PERMANENT_FAILURE, message);
    };
  }

  /** A derivation in the hub, with one output and these inputs. */
  StorePath derivation(String name, StorePath... inputs) {
    DerivationBuilder derivation = unfinished(name);
    for (StorePath input : inputs) {
      derivation =
          input.isDerivation() ? derivation.input(input) : derivation.sources(List.of(input));
    }
    return farm.add(derivation);
  }

  /** A derivation to which more is to be said; give it to the farm. */
  DerivationBuilder unfinished(String name) {
    return farm.derivation(name).system(SYSTEM).builder(SCRIPTED);
  }

  /** A text in the hub. */
  StorePath text(String name, String text, StorePath... references) {
    return hub.store().addText(name, text, references);
  }

  /** A gate that is opened when the test is over, if it does not do so itself. */
  Gate gate() {
    Gate gate = new Gate();
    gates.add(gate);
    return gate;
  }

  void openGates() {
    gates.forEach(Gate::open);
  }

  /** Steps in nowhere any longer. */
  void undisturbed() {
    hub.undisturbed();
    farm.machines().forEach(EmbeddedMachine::undisturbed);
  }

  static void awaitReached(Gate gate) throws InterruptedException {
    gate.awaitReached(LONG);
  }

  /** On these machines, or on all if none is named. */
  RemoteBuildsBuilder builder(String... machines) {
    Set<String> names = Set.of(machines);
    Farm chosen =
        Farm.of(
            farm.farm().machines().stream()
                .filter(m -> names.isEmpty() || names.contains(m.name()))
                .toList());
    return RemoteBuilds.on(chosen)
        .connectingWith(farm.transport())
        .hub(farm.hub().called("the hub"))
        .threads(threads)
        .resting(new RestRule(Duration.ofMillis(20), 1, Duration.ofMillis(20), 0));
  }

  RemoteBuilds open(String... machines) {
    return builder(machines).limits(LIMITS).open();
  }

  @AfterEach
  void nothing_is_left_open() throws Exception {
    openGates();
    threads.assertAllEnd(LONG);
    if (farm == null) {
      return;
    }
    assertThat(openConnections()).as("connections").isEmpty();
    await("every store process has ended", () -> leftOpen().isEmpty());
    farm.close();
  }

  private List<EmbeddedMachine> machinesAndHub() {
    List<EmbeddedMachine> all = new ArrayList<>(farm.machines());
    all.add(hub);
    return all;
  }

  private List<String> openConnections() {
    return machinesAndHub().stream()
        .filter(m -> m.connectionsNow() > 0)
        .map(m -> m.connectionsNow() + " connections to " + m)
        .toList();
  }

  /** Connections and store processes, in words; empty if there are none. */
  List<String> leftOpen() {
    List<String> left = new ArrayList<>(openConnections());
    machinesAndHub().stream()
        .filter(m -> m.programsNow() > 0)
        .forEach(m -> left.add(m.programsNow() + " store processes on " + m));
    return left;
  }

  /** Waits for something that comes about soon. */
  static void await(String what, BooleanSupplier condition) {
    Eventually.within(
        LONG, condition::getAsBoolean, holds -> assertThat(holds).as("in time: " + what).isTrue());
  }

  static BuildOutcome outcome(BuildHandle handle) throws InterruptedException {
    return handle.await(LONG).orElseThrow(() -> new AssertionError("no outcome in time"));
  }

  static <T> FutureTask<T> inBackground(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "background of a test");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  static <T> T get(FutureTask<T> task) throws Exception {
    return task.get(LONG.toSeconds(), TimeUnit.SECONDS);
  }
}
