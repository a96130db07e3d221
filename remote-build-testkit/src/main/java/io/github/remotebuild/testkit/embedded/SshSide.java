package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;
import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.jspecify.annotations.Nullable;

/** What an embedded farm needs to be reached by ssh: servers, keys, and two dead ends. */
final class SshSide implements AutoCloseable {
  private final Map<String, SshFront> fronts = new TreeMap<>();
  private final KeyPair user = newKey();
  private final Path identity;
  private final Path knownHosts;

  /** Bound, but nobody listens: a connection to it is refused. */
  private final Socket refusing = new Socket();

  /** Nobody accepts what arrives here, so it is never answered. */
  private final ServerSocket mute;

  SshSide(Iterable<EmbeddedMachine> machines, Path directory) {
    identity = directory.resolve("id_ecdsa");
    knownHosts = directory.resolve("known_hosts");
    KeyPair wrongKey = newKey();
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      refusing.bind(new InetSocketAddress(loopback, 0));
      mute = new ServerSocket(0, 50, loopback);
      writeIdentity();
      StringBuilder known = new StringBuilder();
      for (EmbeddedMachine machine : machines) {
        SshFront front = SshFront.start(machine, newKey(), wrongKey, user.getPublic());
        fronts.put(machine.name(), front);
        known.append(
            String.format(
                "[%s]:%d %s%n",
                SshFront.HOST, front.port(), PublicKeyEntry.toString(front.hostKey())));
      }
      Files.writeString(knownHosts, known.toString());
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("Could not make an embedded farm reachable by ssh", e);
    }
  }

  private void writeIdentity() throws IOException {
    boolean isPosix = identity.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (isPosix) {
      Files.createFile(
          identity,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    try (OutputStream out = Files.newOutputStream(identity)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(user, "embedded farm", null, out);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK can write an EC key", e);
    }
  }

  private static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK can make an EC key", e);
    }
  }

  Path identity() {
    return identity;
  }

  Path knownHosts() {
    return knownHosts;
  }

  /** The line of a machines file, with the real address and keys. */
  Machine machine(EmbeddedMachineBuilder described) {
    SshFront front = front(described.name());
    return described
        .at("ssh://" + SshFront.USER + "@" + SshFront.HOST + ":" + front.port())
        .sshKey(identity.toString())
        .publicHostKey(PublicKeyEntry.toString(front.hostKey()))
        .build();
  }

  private SshFront front(String machine) {
    return requireNonNull(fronts.get(machine));
  }

  /** A transport that knows the machines by name, and lets another one do the work. */
  Transport resolving(Transport ssh, Map<String, EmbeddedMachine> machines) {
    return new Transport() {
      @Override
      public Connection connect(Endpoint endpoint, ConnectOptions options)
          throws TransportException, InterruptedException {
        @Nullable EmbeddedMachine machine = machines.get(endpoint.host());
        if (machine == null) {
          return ssh.connect(endpoint, options);
        }
        List<Fault> faults = machine.faultsOnNext();
        boolean isMute = faults.stream().anyMatch(Fault.StayMute.class::isInstance);
        boolean isRefused =
            !machine.isAlive() || faults.stream().anyMatch(Fault.Refuse.class::isInstance);
        if (!isMute && !isRefused) {
          reachConnect(machine, endpoint);
          return ssh.connect(real(endpoint, front(machine.name()).port()), options);
        }
        Link link = machine.admit();
        if (isRefused) {
          link.strikes(Fault.Refuse.class);
        } else {
          link.strikes(Fault.StayMute.class);
        }
        try {
          int port = isRefused ? refusing.getLocalPort() : mute.getLocalPort();
          return ssh.connect(real(endpoint, port), options);
        } finally {
          link.hungUp();
        }
      }
    };
  }

  private static void reachConnect(EmbeddedMachine machine, Endpoint endpoint)
      throws TransportException, InterruptedException {
    try {
      machine.reach(Step.CONNECT);
    } catch (TransportException e) {
      throw e;
    } catch (IOException | EmbeddedStoreException e) {
      throw new TransportException(
          TransportProblem.LOST,
          "Could not connect to " + endpoint.name() + ": " + String.valueOf(e.getMessage()));
    }
  }

  private Endpoint real(Endpoint endpoint, int port) {
    SshFront front = front(endpoint.host());
    return new Endpoint(
        endpoint.name(),
        Optional.of(SshFront.USER),
        SshFront.HOST,
        OptionalInt.of(port),
        Optional.of(identity.toString()),
        Optional.of(PublicKeyEntry.toString(front.hostKey())),
        endpoint.isCompressed());
  }

  @Override
  public void close() {
    fronts.values().forEach(SshFront::close);
    try {
      refusing.close();
      mute.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not close a socket", e);
    }
  }
}
