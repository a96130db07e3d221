package io.github.remotebuild.testkit;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class SshTransportContractTest extends TransportContract {
  @TempDir private static Path directory;

  private static ShellSshd sshd;
  private static Path identity;

  @BeforeAll
  static void start() throws IOException {
    KeyPair user = ShellSshd.ecdsaKey();
    identity = ShellSshd.write(user, directory.resolve("id_ecdsa"));
    sshd = ShellSshd.start(List.of(ShellSshd.ecdsaKey()), List.of(user.getPublic()));
  }

  @AfterAll
  static void stop() throws IOException {
    sshd.close();
  }

  @Override
  protected Transport transport() {
    return SshTransport.withDefaults();
  }

  @Override
  protected Endpoint endpoint() {
    return sshd.endpoint(identity);
  }
}
