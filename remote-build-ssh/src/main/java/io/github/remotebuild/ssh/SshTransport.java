package io.github.remotebuild.ssh;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.ssh.jsch.Connector;
import io.github.remotebuild.ssh.jsch.IdentitySource;
import io.github.remotebuild.ssh.jsch.SshSettings;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reaches machines over ssh, in this process.
 *
 * <p>What it uses is what it was told: the endpoint's own key file and pinned host key, and the
 * files and the agent named here. No ssh configuration, no environment variable and no home
 * directory is looked at, unless it comes from {@link #fromUserHome}.
 *
 * <ul>
 *   <li><b>Host keys</b> are always checked. An endpoint with a {@code publicHostKey} is only
 *       reached if the machine shows that key; all others must be in a {@link #knownHosts} file.
 *       Unknown keys are never learned.
 *   <li><b>Logging in</b> is by public key only: first the endpoint's key file, then the agent's
 *       keys, then the {@link #identity} files. Passwords are not used, and nobody is asked.
 *   <li><b>Commands</b> are quoted word by word for a POSIX shell, as the far side hands them to
 *       the user's login shell.
 *   <li><b>Liveness:</b> a machine that gives no sign of life for {@code keepAliveInterval} times
 *       ({@code keepAliveLimit} + 1) counts as lost, also in the middle of an upload. A long silent
 *       build on a living machine is fine.
 *   <li><b>Memory:</b> a connection holds at most 256 KiB of output that nobody reads; what more
 *       the {@link #window} lets the machine send waits in the network.
 * </ul>
 *
 * <p>A host name with several addresses is tried one address after the other within {@code
 * connectTimeout}. Closing a process that is still running leaves the connection open if the far
 * side takes the news at once, and hangs up otherwise; {@link Connection#isOpen} tells.
 *
 * <p>Immutable and safe for use by several threads; each method returns a changed copy.
 *
 * @since 0.1
 */
public final class SshTransport implements Transport {
  /** The receive window of a new transport, 16 MiB: enough for 300 MiB/s at 50 ms. */
  public static final int DEFAULT_WINDOW_BYTES = 16 * 1024 * 1024;

  private static final int MIN_WINDOW_BYTES = 64 * 1024;

  private final SshSettings settings;

  private SshTransport(SshSettings settings) {
    this.settings = settings;
  }

  /**
   * A transport that knows no host, no key and no user of its own: it can reach endpoints that
   * bring all three.
   */
  public static SshTransport withDefaults() {
    return new SshTransport(
        new SshSettings(
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            PassphraseSource.none(),
            DEFAULT_WINDOW_BYTES));
  }

  /**
   * A transport that uses what the {@code ssh} program would find in a home directory: the known
   * hosts in {@code .ssh/known_hosts}, and the keys {@code .ssh/id_ed25519}, {@code id_ecdsa} and
   * {@code id_rsa} as far as they exist and are not locked when a connection is opened.
   *
   * @param home the home directory
   * @param agentSocket the ssh agent's socket (what {@code SSH_AUTH_SOCK} names), if it is to be
   *     used
   * @param userName the user to log in as where the endpoint names none
   */
  public static SshTransport fromUserHome(Path home, Optional<Path> agentSocket, String userName) {
    Path directory = home.resolve(".ssh");
    SshTransport transport =
        withDefaults()
            .knownHosts(directory.resolve("known_hosts"))
            .defaultUser(userName)
            .identityIfUsable(directory.resolve("id_ed25519"))
            .identityIfUsable(directory.resolve("id_ecdsa"))
            .identityIfUsable(directory.resolve("id_rsa"));
    return agentSocket.map(transport::agent).orElse(transport);
  }

  /**
   * The same, looking for host keys in this file too. The file is read for each connection; it may
   * be missing. Its format is that of OpenSSH: plain and hashed names, patterns, {@code
   * [host]:port}, {@code @revoked} and {@code @cert-authority}.
   */
  public SshTransport knownHosts(Path file) {
    return new SshTransport(settings.withKnownHosts(requireNonNull(file, "file")));
  }

  /**
   * The same, offering this private key too. Connecting fails if it cannot be read or unlocked,
   * unless it is locked and the agent holds it.
   */
  public SshTransport identity(Path file) {
    return new SshTransport(
        settings.withIdentity(new IdentitySource(requireNonNull(file, "file"), true)));
  }

  private SshTransport identityIfUsable(Path file) {
    return new SshTransport(settings.withIdentity(new IdentitySource(file, false)));
  }

  /** The same, logging in as this user where the endpoint names none. */
  public SshTransport defaultUser(String user) {
    if (user.isEmpty() || user.startsWith("-")) {
      throw new IllegalArgumentException("'" + user + "' is no user name");
    }
    return new SshTransport(settings.withDefaultUser(user));
  }

  /** The same, asking {@code source} for the passphrases of locked keys. */
  public SshTransport passphrases(PassphraseSource source) {
    return new SshTransport(settings.withPassphrases(requireNonNull(source, "source")));
  }

  /**
   * The same, offering the keys of an ssh agent too. An agent that does not answer is left out, and
   * said to be so if the login fails.
   *
   * @param socket the agent's Unix domain socket
   */
  public SshTransport agent(Path socket) {
    return new SshTransport(settings.withAgent(requireNonNull(socket, "socket")));
  }

  /**
   * The same, letting a machine send this much before it must wait for us. Throughput is at most
   * this much per round trip.
   *
   * @param bytes the window, at least 64 KiB; the default is {@link #DEFAULT_WINDOW_BYTES}
   */
  public SshTransport window(int bytes) {
    if (bytes < MIN_WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "the window must be at least " + MIN_WINDOW_BYTES + " bytes: " + bytes);
    }
    return new SshTransport(settings.withWindow(bytes));
  }

  @Override
  public Connection connect(Endpoint endpoint, ConnectOptions options)
      throws TransportException, InterruptedException {
    return Connector.connect(settings, endpoint, options);
  }
}
