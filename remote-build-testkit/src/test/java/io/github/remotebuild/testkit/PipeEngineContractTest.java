package io.github.remotebuild.testkit;

/** The contract, with embedded machines over pipes in memory. */
class PipeEngineContractTest extends EngineContract {
  @Override
  protected ContractFarm start() {
    return EmbeddedContractFarm.overPipes();
  }
}
