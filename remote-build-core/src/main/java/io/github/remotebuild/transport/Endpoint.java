package io.github.remotebuild.transport;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whom a transport is to reach, and how it proves that it got there. Immutable.
 *
 * @param name what messages call the machine; the machines file's first column
 * @param user whom to log in as, or empty for the transport's default
 * @param host the name or address, without brackets; not empty, not beginning with {@code -}
 * @param port the port, or empty for the transport's default
 * @param identityFile the private key to log in with, or empty for the transport's defaults
 * @param publicHostKey the only host key to accept, in the form {@code ssh-ed25519 AAAA…}, or empty
 *     to use the transport's known hosts
 * @param isCompressed whether the link is to be compressed
 * @since 0.1
 */
public record Endpoint(
    String name,
    Optional<String> user,
    String host,
    OptionalInt port,
    Optional<String> identityFile,
    Optional<String> publicHostKey,
    boolean isCompressed) {
  /** Checks host, user and port. */
  public Endpoint {
    requireNonNull(name, "name");
    requireNonNull(identityFile, "identityFile");
    requireNonNull(publicHostKey, "publicHostKey");
    if (host.isEmpty() || host.startsWith("-")) {
      throw new IllegalArgumentException("'" + host + "' is no host name");
    }
    if (user.isPresent() && (user.get().isEmpty() || user.get().startsWith("-"))) {
      throw new IllegalArgumentException("'" + user.get() + "' is no user name");
    }
    if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
      throw new IllegalArgumentException(port.getAsInt() + " is no port number");
    }
  }
}
