package io.github.remotebuild.ssh.jsch;

import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;

/** The way in from the public part. */
public final class Connector {
  private Connector() {}

  /** Opens a connection; see {@code Transport.connect}. */
  public static Connection connect(SshSettings settings, Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException {
    String user =
        endpoint
            .user()
            .or(settings::defaultUser)
            .orElseThrow(
                () ->
                    new TransportException(
                        TransportProblem.MISCONFIGURED,
                        "Could not connect to "
                            + endpoint.name()
                            + ": no user is given, neither with the machine nor as the"
                            + " transport's default."));
    return new Handshake(settings, endpoint, user, options).run();
  }
}
