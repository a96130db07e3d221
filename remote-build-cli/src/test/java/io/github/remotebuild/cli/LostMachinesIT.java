package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.Limits;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.MachineEntry;
import io.github.remotebuild.testkit.RealMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are down, or go down. */
@Timeout(120)
class LostMachinesIT extends OwnFarm {
  private static final Limits HASTY =
      Limits.defaults()
          .withConnectTimeout(Duration.ofSeconds(2))
          .withKeepAliveInterval(Duration.ofSeconds(1))
          .withKeepAliveLimit(2);

  private Path directory;

  @BeforeEach
  void use(@TempDir Path temporary) {
    directory = temporary;
  }

  @AfterEach
  void repair() {
    for (RealMachine machine : peers.machines()) {
      machine.comeBack();
      machine.startSshd();
    }
  }

  private Path machines(MachineEntry... entries) {
    return Cli.file(directory, machinesFile(entries));
  }

  private List<String> some(int count) {
    return Recipe.many(hub, count, "some", "echo $number > $out");
  }

  @Test
  void a_machine_without_sshd_is_told_of_at_once() {
    alpha.killSshd();
    String drv = some(1).get(0);

    Cli.Run run = Cli.build(machines(alpha.entry()), drv);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .endsWith(
            "error: Could not connect to root@"
                + alpha.host()
                + ": nobody listens at "
                + alpha.host()
                + " port 22 (Connection refused). Check that sshd runs there, and the port.\n");
  }

  @Test
  void with_a_machine_that_is_silent_all_is_built_on_the_other() {
    alpha.vanish();
    List<String> drvs = some(6);
    long begun = System.nanoTime();

    Cli.Run run = Cli.build(machines(alpha.entry(), beta.entry()), drvs.toArray(String[]::new));

    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.paths()).hasSize(6).allMatch(hub::verifies);
    assertThat(run.err())
        .contains("Could not connect to root@" + alpha.host())
        .contains("did not answer within 15 s. Check that the machine is up");
    assertThat(took)
        .as("one timeout is waited for, not one a build")
        .isLessThan(Duration.ofSeconds(25));
  }

  @Test
  void with_a_machine_that_refuses_all_is_built_on_the_other() {
    alpha.killSshd();
    List<String> drvs = some(6);

    Cli.Run run = Cli.build(machines(alpha.entry(), beta.entry()), drvs.toArray(String[]::new));

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.paths()).hasSize(6).allMatch(hub::verifies);
  }

  @Test
  void a_machine_that_is_silent_is_told_of_when_its_time_is_up() throws Exception {
    alpha.vanish();

    BuildOutcome outcome;
    try (RemoteBuilds builds = new Watched().on(alpha.entry()).limits(HASTY).open()) {
      outcome = builds.build(BuildRequest.of(StorePath.parse(some(1).get(0))));
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
    assertThat(((BuildOutcome.Failed) outcome).failure().cause()).isEqualTo(FailureCause.TIMED_OUT);
    assertThat(((BuildOutcome.Failed) outcome).failure().message())
        .startsWith("Could not connect to root@" + alpha.host())
        .contains("did not answer within 2 s");
  }

  @Test
  void a_build_whose_machine_falls_silent_is_done_by_the_other() throws Exception {
    assertMovesWhenLost(alpha::vanish);
  }

  @Test
  void a_build_whose_connection_breaks_is_done_by_the_other() throws Exception {
    assertMovesWhenLost(alpha::killSshd);
  }

  private void assertMovesWhenLost(Runnable loss) throws Exception {
    String drv =
        Recipe.one(
            hub,
            "moving",
            "echo here; read h < /proc/sys/kernel/hostname;"
                + " if test $h = alpha; then sleep 600; fi; echo $h > $out");
    CountDownLatch logged = new CountDownLatch(1);
    Watched watched = new Watched();
    BuildOutcome outcome;
    try (RemoteBuilds builds =
            watched.on(alpha.entry().withSpeed("10"), beta.entry()).limits(HASTY).open();
        BuildHandle handle =
            builds.start(
                BuildRequest.of(StorePath.parse(drv))
                    .listening(
                        event -> {
                          if (event instanceof BuildEvent.LogLine) {
                            logged.countDown();
                          }
                        }))) {
      assertThat(logged.await(20, TimeUnit.SECONDS)).as("it runs on alpha").isTrue();

      loss.run();
      outcome = handle.await(Duration.ofSeconds(30)).orElseThrow();
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
    DerivationResult result = outcome.results().get(StorePath.parse(drv));
    assertThat(result.attempts())
        .extracting(a -> a.machine())
        .containsExactly("root@" + alpha.host(), "root@" + beta.host());
    assertThat(result.attempts().get(0).failure().orElseThrow().message())
        .contains("root@" + alpha.host());
    assertThat(hub.verifies(hub.output(drv, "out"))).isTrue();
    alpha.comeBack();
    watched.assertNothingIsLeft(List.of(beta));
  }

  @Test
  void what_is_there_needs_no_machine() {
    List<String> drvs = some(3);
    Path machines = machines(alpha.entry(), beta.entry(), gamma.entry());
    Cli.build(machines, drvs.toArray(String[]::new));
    peers.machines().forEach(RealMachine::killSshd);

    Cli.Run again = Cli.build(machines, drvs.toArray(String[]::new));

    assertThat(again.status()).as(again.err()).isZero();
    assertThat(again.err()).isEqualTo("nothing to build\n");
    assertThat(again.paths()).hasSize(3).allMatch(hub::verifies);
  }

  @Test
  void a_machine_that_comes_back_within_our_patience_is_used() throws Exception {
    alpha.killSshd();
    String drv = some(1).get(0);
    CountDownLatch failed = new CountDownLatch(1);

    Watched watched = new Watched();
    BuildOutcome outcome;
    try (RemoteBuilds builds = watched.on(alpha.entry()).open();
        BuildHandle handle =
            builds.start(
                BuildRequest.of(StorePath.parse(drv))
                    .patience(Duration.ofSeconds(40))
                    .listening(
                        event -> {
                          if (event instanceof BuildEvent.AttemptFailed) {
                            failed.countDown();
                          }
                        }))) {
      assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
      alpha.startSshd();
      outcome = handle.await(Duration.ofSeconds(30)).orElseThrow();
    }

    assertThat(outcome).isInstanceOf(BuildOutcome.Built.class);
  }
}
