package io.github.remotebuild.testkit;

import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.Store;
import org.junit.jupiter.api.BeforeAll;

/** The contract, with a real Nix behind a real sshd. */
@NeedsRealPeers
abstract class RealNixStoreContract extends StoreContract {
  private static RealPeers peers;

  @BeforeAll
  static void find(RealPeers found) {
    peers = found;
  }

  abstract String machine();

  @Override
  protected Store store() {
    return new ServeStore(
        machine(),
        StoreDir.NIX,
        SshTransport.withDefaults().knownHosts(peers.knownHosts()).identity(peers.identity()),
        peers.endpoint(machine()),
        ServeCommand.nixStore().buildingThere());
  }
}
