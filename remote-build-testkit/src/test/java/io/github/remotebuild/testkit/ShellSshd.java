package io.github.remotebuild.testkit;

import io.github.remotebuild.transport.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;

/** An ssh server in this process, on a port of its own, that runs commands with {@code sh}. */
final class ShellSshd implements AutoCloseable {
  private final SshServer server = SshServer.setUpDefaultServer();
  private final List<KeyPair> hostKeys;

  private ShellSshd(List<KeyPair> hostKeys, List<PublicKey> users) {
    this.hostKeys = hostKeys;
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
    server.setPublickeyAuthenticator(
        (user, key, session) ->
            user.equals("builder")
                && users.stream().anyMatch(known -> KeyUtils.compareKeys(known, key)));
    server.setCommandFactory((channel, command) -> new ShellCommand(command));
  }

  /** Starts a server with these host keys, where these keys may log in as {@code builder}. */
  static ShellSshd start(List<KeyPair> hostKeys, List<PublicKey> users) throws IOException {
    ShellSshd sshd = new ShellSshd(hostKeys, users);
    sshd.server.start();
    return sshd;
  }

  SshServer server() {
    return server;
  }

  int port() {
    return server.getPort();
  }

  /** The first host key, as a line of a public key file. */
  String hostKeyText() {
    return PublicKeyEntry.toString(hostKeys.get(0).getPublic());
  }

  /** How to reach it, with its host key pinned. */
  Endpoint endpoint(Path identity) {
    return new Endpoint(
        "builder-2",
        Optional.of("builder"),
        "127.0.0.1",
        OptionalInt.of(port()),
        Optional.of(identity.toString()),
        Optional.of(hostKeyText()),
        false);
  }

  static KeyPair ecdsaKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rsaKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a private key as OpenSSH does. */
  static Path write(KeyPair key, Path file) {
    return write(key, file, null);
  }

  /** Writes a private key as OpenSSH does, locked with a passphrase. */
  static Path writeLocked(KeyPair key, Path file, String passphrase) {
    OpenSSHKeyEncryptionContext lock = new OpenSSHKeyEncryptionContext();
    lock.setPassword(passphrase);
    lock.setCipherName("AES");
    lock.setCipherMode("CTR");
    lock.setCipherType("256");
    lock.setKdfRounds(4);
    return write(key, file, lock);
  }

  private static Path write(KeyPair key, Path file, OpenSSHKeyEncryptionContext lock) {
    try (OutputStream out = Files.newOutputStream(file)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "a test", lock, out);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }

  private static final class ShellCommand implements Command {
    private final String command;
    private InputStream in;
    private OutputStream out;
    private OutputStream err;
    private ExitCallback exit;
    private volatile Process process;

    ShellCommand(String command) {
      this.command = command;
    }

    @Override
    public void setInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
      this.err = err;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
      process = new ProcessBuilder("sh", "-c", command).start();
      pump("stdin", () -> copy(in, process.getOutputStream()));
      Thread stdout = pump("stdout", () -> copy(process.getInputStream(), out));
      Thread stderr = pump("stderr", () -> copy(process.getErrorStream(), err));
      pump(
          "exit",
          () -> {
            try {
              stdout.join();
              stderr.join();
              exit.onExit(process.waitFor());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    private static Thread pump(String what, Runnable task) {
      Thread thread = new Thread(task, "test sshd " + what);
      thread.setDaemon(true);
      thread.start();
      return thread;
    }

    private static void copy(InputStream from, OutputStream to) {
      byte[] buffer = new byte[32 * 1024];
      try (to) {
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
          to.write(buffer, 0, read);
          to.flush();
        }
      } catch (IOException e) {
        // One of the two ends has gone, which ends the copy.
        return;
      }
    }

    @Override
    public void destroy(ChannelSession channel) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.toHandle().destroyForcibly();
    }
  }
}
