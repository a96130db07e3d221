package io.github.remotebuild.testkit;

import io.github.remotebuild.ssh.SshTransport;

/** The contract, with embedded machines behind ssh servers in this process. */
class SshEngineContractTest extends EngineContract {
  @Override
  protected ContractFarm start() {
    return EmbeddedContractFarm.overSsh(SshTransport.withDefaults());
  }
}
