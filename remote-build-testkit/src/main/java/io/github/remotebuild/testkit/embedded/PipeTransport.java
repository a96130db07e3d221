package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** Reaches embedded machines by their names, over pipes in memory. */
final class PipeTransport implements Transport {
  private final Function<String, Optional<EmbeddedMachine>> machines;

  PipeTransport(Function<String, Optional<EmbeddedMachine>> machines) {
    this.machines = machines;
  }

  @Override
  public Connection connect(Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    EmbeddedMachine machine =
        machines
            .apply(endpoint.host())
            .orElseThrow(
                () ->
                    problem(
                        TransportProblem.UNREACHABLE,
                        endpoint,
                        "the embedded farm has no machine of that name"));
    Link link = machine.admit();
    try {
      knock(link, endpoint, options);
      return new PipeConnection(link, endpoint.name());
    } catch (TransportException | InterruptedException e) {
      link.hungUp();
      throw e;
    }
  }

  private static void knock(Link link, Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException {
    boolean isRefused = link.strikes(Fault.Refuse.class).isPresent();
    if (isRefused || !link.machine().isAlive()) {
      throw problem(
          TransportProblem.UNREACHABLE, endpoint, "nobody listens there (connection refused)");
    }
    if (link.strikes(Fault.StayMute.class).isPresent()
        && !link.awaitEnd(options.connectTimeout().toNanos())) {
      throw problem(
          TransportProblem.TIMED_OUT,
          endpoint,
          "it said nothing for " + options.connectTimeout().toMillis() + " ms");
    }
    if (link.strikes(Fault.WrongHostKey.class).isPresent()) {
      throw problem(
          TransportProblem.HOST_KEY_CHANGED, endpoint, "it shows another host key than before");
    }
    try {
      link.reach(Step.CONNECT);
    } catch (TransportException e) {
      throw e;
    } catch (IOException | EmbeddedStoreException e) {
      throw problem(TransportProblem.LOST, endpoint, String.valueOf(e.getMessage()));
    }
    if (link.isOver()) {
      throw problem(TransportProblem.LOST, endpoint, "the machine hung up");
    }
  }

  private static TransportException problem(
      TransportProblem problem, Endpoint endpoint, String reason) {
    return new TransportException(
        problem, "Could not connect to " + endpoint.name() + ": " + reason);
  }
}
