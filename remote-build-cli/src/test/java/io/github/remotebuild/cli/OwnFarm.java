package io.github.remotebuild.cli;

import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests that break machines, or look at everything that runs there, on a farm of their own. */
@NeedsRealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OwnFarm {
  private RealPeers.OwnFarm farm;
  RealPeers peers;
  RealHub hub;
  RealMachine alpha;
  RealMachine beta;
  RealMachine gamma;

  @BeforeAll
  void start(RealPeers shared) {
    farm = shared.another();
    peers = farm.peers();
    hub = peers.hub();
    alpha = peers.machine("alpha");
    beta = peers.machine("beta");
    gamma = peers.machine("gamma");
  }

  @AfterAll
  void stop() {
    if (farm != null) {
      farm.close();
    }
  }
}
