package io.github.remotebuild.testkit;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.testkit.embedded.EmbeddedFarm;
import io.github.remotebuild.testkit.embedded.EmbeddedStore;
import io.github.remotebuild.transport.Endpoint;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, with an embedded machine behind an ssh server in this process. */
class SshStoreContractTest extends StoreContract {
  private static EmbeddedFarm farm;

  @BeforeAll
  static void start() {
    farm = EmbeddedFarm.builder().machine("a").overSsh().start();
  }

  @AfterAll
  static void stop() {
    farm.forgive();
    farm.close();
  }

  @Override
  protected Store store() {
    return new ServeStore(
        "a",
        farm.storeDir(),
        farm.transport(SshTransport.withDefaults()),
        new Endpoint(
            "a",
            Optional.empty(),
            "a",
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            false),
        ServeCommand.nixStore());
  }

  @Override
  protected boolean takesAnyName() {
    return EmbeddedStore.takesAnyName();
  }
}
