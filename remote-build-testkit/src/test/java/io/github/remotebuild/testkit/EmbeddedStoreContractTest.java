package io.github.remotebuild.testkit;

import io.github.remotebuild.store.Store;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedStore;
import org.junit.jupiter.api.AfterEach;

/** The contract, with a hub in this process. */
class EmbeddedStoreContractTest extends StoreContract {
  private final EmbeddedFarm farm = EmbeddedFarm.builder().start();

  @AfterEach
  void stop() {
    farm.forgive();
    farm.close();
  }

  @Override
  protected Store store() {
    return farm.hub();
  }

  @Override
  protected boolean takesAnyName() {
    return EmbeddedStore.takesAnyName();
  }
}
