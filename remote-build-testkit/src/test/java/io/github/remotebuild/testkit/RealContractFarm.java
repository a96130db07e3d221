package io.github.remotebuild.testkit;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.transport.Transport;
import java.util.List;

/** Machines with a real Nix behind a real sshd, and the Nix store of this computer as the hub. */
final class RealContractFarm implements ContractFarm {
  private final RealPeers peers;
  private final List<RealMachine> machines;

  RealContractFarm(RealPeers peers, String... names) {
    this.peers = peers;
    this.machines = List.of(names).stream().map(peers::machine).toList();
  }

  @Override
  public List<MachineBuilder> machines() {
    return machines.stream()
        .map(
            m ->
                Machine.at(m.uri())
                    .sshKey(peers.identity().toString())
                    .publicHostKey(peers.hostKey(m.name())))
        .toList();
  }

  @Override
  public Transport transport() {
    return SshTransport.withDefaults();
  }

  @Override
  public Store hub() {
    return ServeStore.local();
  }

  @Override
  public boolean isRunning(String words) {
    return machines.stream()
        .flatMap(machine -> machine.processes().values().stream())
        .anyMatch(line -> line.contains(words));
  }

  @Override
  public boolean isDeletedFromHub(StorePath path) {
    return peers.hub().delete(path.toString()).status() == 0;
  }

  @Override
  public void close() {
    // The farm is shared, and what was put into the stores is garbage now.
  }
}
