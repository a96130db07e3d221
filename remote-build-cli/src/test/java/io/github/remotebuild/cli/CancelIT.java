package io.github.remotebuild.cli;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stopping in the middle, and what is left then: nothing. */
@Timeout(120)
class CancelIT extends OwnFarm {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A build that prints a line and then sleeps for a time that no other process sleeps. */
  private record Sleeper(String drv, String words) {
    boolean runsOn(RealMachine machine) {
      return machine.processes().values().stream().anyMatch(line -> line.contains(words));
    }
  }

  private Sleeper sleeper() {
    String time = "3" + Long.parseLong(RealPeers.salt().substring(0, 7), 16);
    return new Sleeper(Recipe.one(hub, "sleeper", "echo asleep; sleep " + time), "sleep " + time);
  }

  private static BuildRequest request(String drv, CountDownLatch logged) {
    return BuildRequest.of(StorePath.parse(drv))
        .listening(
            event -> {
              if (event instanceof BuildEvent.LogLine) {
                logged.countDown();
              }
            });
  }

  @Test
  void a_cancelled_build_is_over_within_a_second_and_its_builder_gone() throws Exception {
    for (RealMachine machine : List.of(alpha, beta)) {
      Watched watched = new Watched();
      Sleeper sleeper = sleeper();
      CountDownLatch logged = new CountDownLatch(1);
      try (RemoteBuilds builds = watched.on(machine.entry()).open();
          BuildHandle handle = builds.start(request(sleeper.drv(), logged))) {
        assertThat(logged.await(20, TimeUnit.SECONDS)).as("the log on %s", machine).isTrue();
        assertThat(sleeper.runsOn(machine)).isTrue();

        handle.cancel();
        Optional<BuildOutcome> outcome = handle.await(SECOND);

        assertThat(outcome).get().isInstanceOf(BuildOutcome.Cancelled.class);
        Eventually.within(
            SOON,
            () -> sleeper.runsOn(machine),
            runs -> assertThat(runs).as("the builder on %s", machine).isFalse());
      }
      watched.assertNothingIsLeft(List.of(machine));
    }
  }

  @Test
  void after_a_cancelled_build_the_same_instance_builds_on() throws Exception {
    Watched watched = new Watched();
    CountDownLatch logged = new CountDownLatch(1);
    try (RemoteBuilds builds = watched.on(alpha.entry().withSlots(1)).open()) {
      BuildHandle handle = builds.start(request(sleeper().drv(), logged));
      assertThat(logged.await(20, TimeUnit.SECONDS)).isTrue();
      handle.close();

      BuildOutcome next =
          builds.build(BuildRequest.of(StorePath.parse(Recipe.one(hub, "next", "echo 1 > $out"))));

      assertThat(next).isInstanceOf(BuildOutcome.Built.class);
    }
    watched.assertNothingIsLeft(List.of(alpha));
  }

  @Test
  void closing_with_a_hundred_builds_in_the_queue_leaves_nothing() throws Exception {
    Watched watched = new Watched();
    CountDownLatch logged = new CountDownLatch(8);
    List<String> drvs = Recipe.many(hub, 100, "queued", "echo here; sleep 600");
    List<BuildHandle> handles = new ArrayList<>();
    RemoteBuilds builds = watched.on(alpha.entry(), beta.entry()).open();
    for (String drv : drvs) {
      handles.add(builds.start(request(drv, logged)));
    }
    assertThat(logged.await(30, TimeUnit.SECONDS)).as("eight slots are in use").isTrue();

    long begun = System.nanoTime();
    builds.close();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);

    assertThat(took).isLessThan(Duration.ofSeconds(10));
    Set<Class<?>> kinds = handles.stream().map(h -> h.outcome().join().getClass()).collect(toSet());
    assertThat(kinds).containsExactly(BuildOutcome.Cancelled.class);
    watched.assertNothingIsLeft(List.of(alpha, beta));
  }

  @Test
  void closing_after_builds_leaves_no_connection() throws Exception {
    Watched watched = new Watched();
    try (RemoteBuilds builds = watched.on(alpha.entry(), beta.entry()).open()) {
      List<StorePath> drvs =
          Recipe.many(hub, 8, "short", "echo 1 > $out").stream().map(StorePath::parse).toList();
      BuildOutcome outcome = builds.build(BuildRequest.of(drvs.toArray(StorePath[]::new)));
      assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
      assertThat(alpha.processes()).as("a connection outlives builds").isNotEmpty();
    }
    watched.assertNothingIsLeft(List.of(alpha, beta));
  }

  @Test
  void a_process_that_is_told_to_end_stops_its_builds(@TempDir Path directory) throws Exception {
    Sleeper sleeper = sleeper();
    Path machines = Cli.file(directory, RealPeers.machinesFile(gamma.entry()));
    Process process =
        new ProcessBuilder(Cli.command(List.of(), machines, sleeper.drv()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Eventually.within(
          Duration.ofSeconds(20),
          () -> sleeper.runsOn(gamma),
          runs -> assertThat(runs).as("the builder").isTrue());

      process.destroy();

      assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("the process ends").isTrue();
      assertThat(process.exitValue()).isNotZero();
      Eventually.within(
          SOON, gamma::processes, found -> assertThat(found).as("processes there").isEmpty());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void a_process_that_is_killed_leaves_no_builder_behind(@TempDir Path directory) throws Exception {
    Sleeper sleeper = sleeper();
    Path machines = Cli.file(directory, RealPeers.machinesFile(gamma.entry()));
    Process process =
        new ProcessBuilder(Cli.command(List.of(), machines, sleeper.drv()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Eventually.within(
          Duration.ofSeconds(20),
          () -> sleeper.runsOn(gamma),
          runs -> assertThat(runs).as("the builder").isTrue());
    } finally {
      process.destroyForcibly();
    }
    Eventually.within(
        SOON, gamma::processes, found -> assertThat(found).as("processes there").isEmpty());
  }
}
