package io.github.remotebuild.testkit;

import io.github.remotebuild.store.Store;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract, with a hub in this process. */
class EmbeddedStoreContractTest extends StoreContract {
  private EmbeddedFarm farm;

  @BeforeEach
  void start() {
    farm = EmbeddedFarm.builder().start();
  }

  @AfterEach
  void stop() {
    farm.forgive();
    farm.close();
  }

  @Override
  protected Store store() {
    if (farm == null) {
      farm = EmbeddedFarm.builder().start();
    }
    return farm.hub();
  }
}
