package io.github.remotebuild.cli;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.dispatch.RestRule;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.SelectionPolicy;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedMachine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code remote-build demo}. */
@Command(
    name = "demo",
    description = {
      "Builds something on three machines that are part of this program.",
      "They are reached by ssh on the loopback address, and one of them dies on the way. Needs no"
          + " Nix, and leaves nothing behind."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init")
final class DemoCommand implements Callable<Integer> {
  private static final Duration ABSENCE = Duration.ofMillis(1_200);
  private static final RestRule REST =
      new RestRule(Duration.ofMillis(1_500), 1.5, Duration.ofSeconds(5), 0.1);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String UNLUCKY = "oak";

  @Spec CommandSpec spec;

  @Option(
      names = "--view",
      paramLabel = "plain|live",
      description =
          "Print a line for each thing that happens, or keep a block at the bottom of the terminal"
              + " up to date (default: live on a terminal).")
  @Nullable ViewKind view;

  @Override
  public Integer call() throws InterruptedException {
    introduce(spec.commandLine().getErr());
    CountDownLatch done = new CountDownLatch(1);
    try (EmbeddedFarm farm = startFarm()) {
      return run(farm, done);
    } finally {
      done.countDown();
    }
  }

  private static EmbeddedFarm startFarm() {
    return EmbeddedFarm.builder()
        .machine(
            EmbeddedMachine.named(UNLUCKY)
                .forSystems("x86_64-linux")
                .speedFactor(4)
                .maxJobs(2)
                .supporting("big-parallel", "kvm"))
        .machine(
            EmbeddedMachine.named("elm")
                .forSystems("x86_64-linux")
                .maxJobs(2)
                .supporting("big-parallel"))
        .machine(EmbeddedMachine.named("fir").forSystems("aarch64-linux").maxJobs(1))
        .building(Postcard.functionName(), Postcard::build)
        .overSsh()
        .start();
  }

  private Integer run(EmbeddedFarm farm, CountDownLatch done) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Postcard postcard = Postcard.write(farm, Postcard.builders());
    announce(err, farm, postcard);

    DecisionNotes decisions = new DecisionNotes(SelectionPolicy.nix());
    SshTransport ssh =
        SshTransport.withDefaults().knownHosts(farm.knownHosts()).identity(farm.identity());
    try (RemoteBuilds builds =
        RemoteBuilds.on(farm.farm())
            .connectingWith(farm.transport(ssh))
            .hub(farm.hub())
            .choosingBy(decisions)
            .resting(REST)
            .open()) {
      return show(farm, postcard, builds, decisions, done);
    }
  }

  private Integer show(
      EmbeddedFarm farm,
      Postcard postcard,
      RemoteBuilds builds,
      DecisionNotes decisions,
      CountDownLatch done)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Glyphs glyphs = Glyphs.in(Terminal.charset());
    boolean isLive = view == null ? Terminal.isThere(System.getenv()) : view == ViewKind.live;
    // Begins together with the view, so that both show the same time.
    Supplier<Duration> elapsed = stopwatch();
    DemoTally tally = new DemoTally();
    DemoNarrator narrator =
        new DemoNarrator(
            glyphs,
            decisions,
            elapsed,
            isLive ? DemoNarrator.LogLines.SHOWN_ELSEWHERE : DemoNarrator.LogLines.TOLD);
    BuildOutcome outcome;
    Duration took;
    String fate;
    try (View shown = openView(isLive, farm, err, glyphs, narrator);
        Misfortune misfortune =
            new Misfortune(
                farm.machine(UNLUCKY),
                victims(postcard),
                ABSENCE,
                elapsed,
                line -> narrator.stamped(glyphs.note, Style.BAD, line).forEach(shown::say));
        Interruption interruption =
            new Interruption(
                builds,
                BuildRequest.of(postcard.last())
                    .patience(PATIENCE)
                    .listening(
                        event -> {
                          misfortune.on(event);
                          tally.on(event);
                          shown.on(event);
                        }),
                () -> awaitEnd(shown, done))) {
      outcome = interruption.await();
      took = elapsed.get();
      fate = misfortune.describe();
      if (!(outcome instanceof BuildOutcome.Built)) {
        shown.conclude(outcome);
        return ExitStatus.of(outcome);
      }
    }
    List<String> wrong = postcard.check();
    summarize(out, farm, postcard, tally, outcome, fate, took, wrong, glyphs);
    return wrong.isEmpty() ? ExitStatus.BUILT : ExitStatus.TROUBLE;
  }

  /** The process is told to end: whatever the main thread still cleans up gets a moment. */
  private static void awaitEnd(View view, CountDownLatch done) {
    view.close();
    try {
      done.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static View openView(
      boolean isLive, EmbeddedFarm farm, PrintWriter err, Glyphs glyphs, Narrator narrator) {
    return isLive
        ? LiveView.open(Terminal.live(err, glyphs), farm.farm(), name -> name, narrator)
        : new StoryView(err, narrator);
  }

  private static Set<StorePath> victims(Postcard postcard) {
    return Stream.of("greeting", "moon", "hills", "barn", "orchard", "field")
        .map(postcard::derivation)
        .collect(Collectors.toSet());
  }

  private static Supplier<Duration> stopwatch() {
    long start = System.nanoTime();
    return () -> Duration.ofNanos(System.nanoTime() - start);
  }

  private static void introduce(PrintWriter err) {
    err.println("Three build machines and a hub, all inside this process. There is no Nix. The");
    err.println(
        "machines are reached by ssh on 127.0.0.1; their builders are "
            + (Postcard.builders() == Postcard.Builders.PROCESSES
                ? "shell scripts"
                : "Java functions")
            + ".");
    err.println();
    err.flush();
  }

  private static void announce(PrintWriter err, EmbeddedFarm farm, Postcard postcard) {
    for (Machine machine : farm.farm().machines()) {
      err.println(
          String.format(
                  Locale.ROOT,
                  "  %-5s %-14s speed %.0f  %-8s %s",
                  machine.name(),
                  machine.systems().first().name(),
                  machine.speedFactor(),
                  Amounts.count(machine.maxJobs(), "slot"),
                  String.join(", ", machine.features().names()))
              .stripTrailing());
    }
    err.println();
    err.println("To be built: a postcard, in " + postcard.size() + " derivations.");
    err.println();
    err.flush();
  }

  private static void summarize(
      PrintWriter out,
      EmbeddedFarm farm,
      Postcard postcard,
      DemoTally tally,
      BuildOutcome outcome,
      String fate,
      Duration took,
      List<String> wrong,
      Glyphs glyphs) {
    out.println();
    postcard.picture().lines().forEach(line -> out.println("    " + line));
    out.println();
    tally.table(farm.farm().machines(), outcome).forEach(out::println);
    out.println();
    List<String> moved = DemoTally.moved(outcome, glyphs);
    out.println(fate + ".");
    if (!moved.isEmpty()) {
      out.println("What it was building went elsewhere: " + String.join(", ", moved) + ".");
    }
    if (wrong.isEmpty()) {
      out.println(
          "All "
              + postcard.size()
              + " outputs are in the hub and hold what they must: "
              + Amounts.elapsed(took)
              + ", "
              + DemoTally.attempts(outcome)
              + " attempts.");
    } else {
      out.println("These outputs are not what they must be:");
      wrong.forEach(line -> out.println("  " + line));
    }
    out.flush();
  }
}
