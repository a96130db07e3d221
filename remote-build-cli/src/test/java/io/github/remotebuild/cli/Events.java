package io.github.remotebuild.cli;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Events and what is in them, for tests of views. */
final class Events {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Events() {}

  static Instant at(double seconds) {
    return START.plusMillis(Math.round(seconds * 1000));
  }

  static Farm farm() {
    return Farm.of(
        List.of(
            Machine.at("ssh://nix@oak").forSystems("x86_64-linux").maxJobs(2).build(),
            Machine.at("ssh://nix@elm").forSystems("x86_64-linux").maxJobs(1).build()));
  }

  static StorePath drv(String name) {
    return StorePath.parse("/nix/store/" + "a".repeat(32) + "-" + name + ".drv");
  }

  static BuildEvent planned(int toBuild) {
    return new BuildEvent.Planned(toBuild, 0);
  }

  static BuildEvent tried(String name, String machine, int attempt) {
    return new BuildEvent.AttemptStarted(drv(name), "nix@" + machine, attempt);
  }

  static BuildEvent sending(String name, String machine, int paths, long bytes) {
    return new BuildEvent.UploadStarted(drv(name), "nix@" + machine, 1, paths, bytes);
  }

  static BuildEvent building(String name, String machine) {
    return new BuildEvent.BuildStarted(drv(name), "nix@" + machine, 1);
  }

  static BuildEvent says(String name, String machine, String line) {
    return new BuildEvent.LogLine(drv(name), "nix@" + machine, 1, line);
  }

  static BuildEvent fetching(String name, String machine, int paths, long bytes) {
    return new BuildEvent.DownloadStarted(drv(name), "nix@" + machine, 1, paths, bytes);
  }

  static BuildEvent lost(String name, String machine) {
    return new BuildEvent.AttemptFailed(drv(name), "nix@" + machine, 1, failure(machine));
  }

  static BuildEvent built(String name, String machine) {
    List<Attempt> attempts =
        List.of(
            new Attempt(1, "nix@" + machine, START, Duration.ofMillis(4_250), Optional.empty()));
    return new BuildEvent.Finished(
        drv(name), new DerivationResult.Built(drv(name), new TreeMap<>(), attempts));
  }

  static BuildEvent failed(String name, String machine) {
    return new BuildEvent.Finished(
        drv(name), new DerivationResult.Failed(drv(name), failure(machine), List.of()));
  }

  static BuildEvent resting(String machine, Instant until) {
    return new BuildEvent.MachineResting("nix@" + machine, until, "it failed");
  }

  static Failure failure(String machine) {
    return new Failure(
        Phase.BUILD,
        FailureCause.LOST,
        Culprit.MACHINE,
        RetryAdvice.OTHER_MACHINE,
        Optional.of("nix@" + machine),
        "Could not build on nix@" + machine + ": the connection was lost",
        List.of());
  }
}
