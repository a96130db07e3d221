package io.github.remotebuild.cli;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.ssh.SshTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The first example of the README, word for word. */
final class ReadmeExample {
  private ReadmeExample() {}

  static void run(Path machinesFile, Path home, String userName, StorePath derivation)
      throws IOException, InterruptedException {
    // begin
    MachinesFile machines = MachinesFile.read(machinesFile, SystemType.of("x86_64-linux"));
    SshTransport ssh = SshTransport.fromUserHome(home, Optional.empty(), userName);
    try (RemoteBuilds builds = RemoteBuilds.on(machines).connectingWith(ssh).open()) {
      BuildOutcome outcome = builds.build(BuildRequest.of(derivation));
      if (outcome instanceof BuildOutcome.Built built) {
        built.outputs(derivation).forEach((name, path) -> System.out.println(name + " is " + path));
      }
    }
    // end
  }
}
