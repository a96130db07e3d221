package io.github.remotebuild.ssh.jsch;

import io.github.remotebuild.ssh.PassphraseSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a transport was told. Immutable. */
public record SshSettings(
    List<Path> knownHosts,
    List<IdentitySource> identities,
    Optional<Path> agentSocket,
    Optional<String> defaultUser,
    PassphraseSource passphrases,
    int windowBytes) {
  /** Copies the lists. */
  public SshSettings {
    knownHosts = List.copyOf(knownHosts);
    identities = List.copyOf(identities);
  }

  /** With one more known hosts file. */
  public SshSettings withKnownHosts(Path file) {
    return new SshSettings(
        plus(knownHosts, file), identities, agentSocket, defaultUser, passphrases, windowBytes);
  }

  /** With one more key. */
  public SshSettings withIdentity(IdentitySource identity) {
    return new SshSettings(
        knownHosts, plus(identities, identity), agentSocket, defaultUser, passphrases, windowBytes);
  }

  /** With this agent. */
  public SshSettings withAgent(Path socket) {
    return new SshSettings(
        knownHosts, identities, Optional.of(socket), defaultUser, passphrases, windowBytes);
  }

  /** With this user. */
  public SshSettings withDefaultUser(String user) {
    return new SshSettings(
        knownHosts, identities, agentSocket, Optional.of(user), passphrases, windowBytes);
  }

  /** With this source of passphrases. */
  public SshSettings withPassphrases(PassphraseSource source) {
    return new SshSettings(knownHosts, identities, agentSocket, defaultUser, source, windowBytes);
  }

  /** With this window. */
  public SshSettings withWindow(int bytes) {
    return new SshSettings(knownHosts, identities, agentSocket, defaultUser, passphrases, bytes);
  }

  private static <T> List<T> plus(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
