package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.RemoteBuildsBuilder;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.testkit.Eventually;
import io.github.remotebuild.testkit.LinuxProcess;
import io.github.remotebuild.testkit.MachineEntry;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import io.github.remotebuild.testkit.ThreadLedger;
import java.time.Duration;
import java.util.List;

/**
 * An instance of the library whose threads and processes can be told from those of other tests in
 * the same process.
 */
final class Watched {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String mark = "REMOTE_BUILD_TEST=" + RealPeers.salt();
  private final ThreadLedger threads = new ThreadLedger();

  /** Describes an instance on these machines. */
  RemoteBuildsBuilder on(MachineEntry... machines) {
    MachinesFile file =
        MachinesFile.parse(
            "a test", RealPeers.machinesFile(machines), SystemType.of("x86_64-linux"));
    return RemoteBuilds.on(file)
        .connectingWith(SshTransport.withDefaults())
        .threads(threads)
        .hub(
            ServeStore.local(
                ServeCommand.nixStore().withProgram(List.of("env", mark, "nix-store"))));
  }

  /** The processes on this computer that it has started and that live. */
  List<String> processes() {
    return LinuxProcess.withEnvironment(mark);
  }

  /**
   * Fails if a thread or a process is left, here or on a machine.
   *
   * @param machines which nobody else uses
   */
  void assertNothingIsLeft(List<RealMachine> machines) throws InterruptedException {
    assertThat(threads.made()).as("threads that were made").isPositive();
    threads.assertAllEnd(PATIENCE);
    Eventually.within(
        PATIENCE, this::processes, found -> assertThat(found).as("processes here").isEmpty());
    for (RealMachine machine : machines) {
      Eventually.within(
          PATIENCE,
          machine::processes,
          found -> assertThat(found).as("processes on %s", machine).isEmpty());
    }
  }
}
