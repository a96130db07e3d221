package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a garbage collection in the hub may take, and when. */
@NeedsRealPeers
@Timeout(120)
class RootsIT {
  private final RealHub hub;
  private final RealMachine alpha;

  RootsIT(RealPeers peers) {
    hub = peers.hub();
    alpha = peers.machine("alpha");
  }

  private List<String> chain() {
    return hub.instantiate(
        Recipe.of(
            """
            let
              below = sh "below" "echo below > $out" { };
              above = sh "above" "echo above ${below} > $out" { };
            in [ below above ]
            """));
  }

  @Test
  void an_open_handle_keeps_what_was_built_for_it() throws Exception {
    List<String> drvs = chain();
    String above = hub.output(drvs.get(1), "out");
    try (RemoteBuilds builds = new Watched().on(alpha.entry()).open()) {
      try (BuildHandle handle = builds.start(BuildRequest.of(StorePath.parse(drvs.get(1))))) {
        assertThat(handle.await()).isInstanceOf(BuildOutcome.Built.class);

        assertThat(hub.delete(above).status()).as("deleting what was built").isNotZero();
        assertThat(hub.delete(drvs.get(1)).status()).as("deleting the derivation").isNotZero();
        assertThat(hub.verifies(above)).isTrue();
        assertThat(hub.verifies(hub.output(drvs.get(0), "out"))).isTrue();
      }
    }
    assertThat(hub.delete(above).status()).as("deleting when all is closed").isZero();
  }

  @Test
  void an_open_handle_keeps_what_was_there_before() throws Exception {
    List<String> drvs = chain();
    String above = hub.output(drvs.get(1), "out");
    BuildRequest request = BuildRequest.of(StorePath.parse(drvs.get(1)));
    try (RemoteBuilds builds = new Watched().on(alpha.entry()).open()) {
      builds.build(request);

      try (BuildHandle handle = builds.start(request)) {
        assertThat(handle.await()).isInstanceOf(BuildOutcome.Built.class);
        assertThat(hub.delete(above).status()).isNotZero();
        assertThat(hub.verifies(above)).isTrue();
      }
    }
    assertThat(hub.delete(above).status()).as("deleting when all is closed").isZero();
  }
}
