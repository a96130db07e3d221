package io.github.remotebuild.testkit;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** The contract, with a real Nix behind real sshds. */
@NeedsRealPeers
abstract class RealNixEngineContract extends EngineContract {
  private static RealPeers peers;

  @BeforeAll
  static void find(RealPeers found) {
    peers = found;
  }

  /** The machines; most of the tests are about the first. */
  abstract List<String> machines();

  @Override
  protected ContractFarm start() {
    return new RealContractFarm(peers, machines().toArray(new String[0]));
  }
}
