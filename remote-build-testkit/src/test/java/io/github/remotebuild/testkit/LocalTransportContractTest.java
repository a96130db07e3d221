package io.github.remotebuild.testkit;

import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.LocalTransport;
import io.github.remotebuild.transport.Transport;
import java.util.Optional;
import java.util.OptionalInt;

class LocalTransportContractTest extends TransportContract {
  @Override
  protected Transport transport() {
    return LocalTransport.withDefaults();
  }

  @Override
  protected Endpoint endpoint() {
    return new Endpoint(
        "here",
        Optional.empty(),
        "localhost",
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }
}
