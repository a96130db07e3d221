package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.UnixDomainSocketFactory;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The keys of one login, in the order they are offered: the endpoint's own, the agent's, the
 * transport's. Remembers which the machine was shown.
 */
final class Identities implements IdentityRepository {
  private final List<Identity> keys = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final CopyOnWriteArrayList<String> offered = new CopyOnWriteArrayList<>();

  private Identities() {}

  static Identities load(JSch jsch, SshSettings settings, Endpoint endpoint)
      throws TransportException {
    Identities identities = new Identities();
    List<Identity> agentKeys = identities.askAgent(settings);
    if (endpoint.identityFile().isPresent()) {
      Path file = path(endpoint, endpoint.identityFile().get());
      identities.addFile(jsch, settings, endpoint, new IdentitySource(file, true), agentKeys);
    }
    agentKeys.forEach(identities::add);
    for (IdentitySource source : settings.identities()) {
      identities.addFile(jsch, settings, endpoint, source, agentKeys);
    }
    return identities;
  }

  private static Path path(Endpoint endpoint, String text) throws TransportException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TransportException(
          TransportProblem.MISCONFIGURED,
          "Could not connect to "
              + endpoint.name()
              + ": its private key '"
              + text
              + "' is no file name.",
          e);
    }
  }

  private List<Identity> askAgent(SshSettings settings) {
    if (settings.agentSocket().isEmpty()) {
      return List.of();
    }
    Path socket = settings.agentSocket().get();
    try {
      AgentIdentityRepository agent =
          new AgentIdentityRepository(new SSHAgentConnector(new UnixDomainSocketFactory(), socket));
      if (agent.getStatus() != RUNNING) {
        notes.add("the agent at " + socket + " does not answer");
        return List.of();
      }
      List<Identity> found = List.copyOf(agent.getIdentities());
      if (found.isEmpty()) {
        notes.add("the agent at " + socket + " holds no key");
      }
      return found;
    } catch (AgentProxyException | RuntimeException e) {
      notes.add("the agent at " + socket + " cannot be asked (" + e.getMessage() + ")");
      return List.of();
    }
  }

  private void addFile(
      JSch jsch,
      SshSettings settings,
      Endpoint endpoint,
      IdentitySource source,
      List<Identity> agentKeys)
      throws TransportException {
    try {
      add(KeyFile.read(jsch, source.file(), settings.passphrases()));
    } catch (KeyFile.Unusable e) {
      if (e.isMissing() && !source.isRequired()) {
        return;
      }
      List<Identity> unlocked = e.isLocked() ? heldBy(agentKeys, e) : List.of();
      if (source.isRequired() && unlocked.isEmpty()) {
        throw new TransportException(
            TransportProblem.IDENTITY_UNUSABLE,
            "Could not connect to "
                + endpoint.name()
                + ": the private key "
                + source.file()
                + " "
                + e.getMessage()
                + ".",
            e);
      }
      unlocked.forEach(this::add);
      if (unlocked.isEmpty()) {
        notes.add(source.file() + " " + e.getMessage());
      }
    }
  }

  private static List<Identity> heldBy(List<Identity> agentKeys, KeyFile.Unusable locked) {
    return agentKeys.stream()
        .filter(
            key ->
                locked.publicKey().isPresent()
                    && Arrays.equals(key.getPublicKeyBlob(), locked.publicKey().get()))
        .toList();
  }

  private void add(Identity key) {
    boolean isKnown =
        keys.stream()
            .anyMatch(other -> Arrays.equals(other.getPublicKeyBlob(), key.getPublicKeyBlob()));
    if (!isKnown) {
      keys.add(key);
    }
  }

  /** Whether there is no key to offer. */
  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** The keys the machine was shown, for messages: never anything secret. */
  List<String> offered() {
    return offered;
  }

  /** What else there is to say about keys that were not shown. */
  List<String> notes() {
    return notes;
  }

  /** Forgets the private keys. */
  void clear() {
    keys.forEach(Identity::clear);
  }

  @Override
  public String getName() {
    return "remote-build";
  }

  @Override
  public int getStatus() {
    return RUNNING;
  }

  @Override
  @SuppressWarnings("JdkObsolete")
  public Vector<Identity> getIdentities() {
    Vector<Identity> witnessed = new Vector<>();
    keys.forEach(key -> witnessed.add(new Witnessed(key)));
    return witnessed;
  }

  @Override
  public boolean add(byte[] identity) {
    return false;
  }

  @Override
  public boolean remove(byte[] blob) {
    return false;
  }

  @Override
  public void removeAll() {
    keys.clear();
  }

  /** Notes that the key is asked for its public half, which is when it is offered. */
  private final class Witnessed implements Identity {
    private final Identity key;

    Witnessed(Identity key) {
      this.key = key;
    }

    @Override
    public boolean setPassphrase(byte[] passphrase) {
      return true;
    }

    @Override
    public byte[] getPublicKeyBlob() {
      byte[] blob = key.getPublicKeyBlob();
      offered.addIfAbsent(key.getName() + " (" + Fingerprint.describe(blob) + ")");
      return blob;
    }

    @Override
    public byte[] getSignature(byte[] data) {
      return key.getSignature(data);
    }

    @Override
    public byte[] getSignature(byte[] data, String algorithm) {
      return key.getSignature(data, algorithm);
    }

    @Override
    public String getAlgName() {
      return key.getAlgName();
    }

    @Override
    public String getName() {
      return key.getName();
    }

    @Override
    public boolean isEncrypted() {
      return false;
    }

    @Override
    public void clear() {
      key.clear();
    }
  }
}
