package io.github.remotebuild.testkit;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import org.junit.jupiter.api.BeforeAll;

/** The contract, with a real sshd on the other side. */
@NeedsRealPeers
class SshTransportIT extends TransportContract {
  private static RealPeers peers;

  @BeforeAll
  static void find(RealPeers found) {
    peers = found;
  }

  @Override
  protected Transport transport() {
    return SshTransport.withDefaults().knownHosts(peers.knownHosts()).identity(peers.identity());
  }

  @Override
  protected Endpoint endpoint() {
    return peers.endpoint("alpha");
  }
}
