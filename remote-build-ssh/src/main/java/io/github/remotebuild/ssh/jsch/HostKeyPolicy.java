package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import io.github.remotebuild.ssh.jsch.KnownKey.Marker;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the host key of one endpoint, and remembers what it decided: JSch's own exceptions
 * say too little.
 */
final class HostKeyPolicy implements HostKeyRepository {
  private final Endpoint endpoint;
  private final int port;
  private final List<Path> files;
  private final List<KnownKey> known;
  private volatile byte @Nullable [] offered;
  private volatile boolean accepted;

  private HostKeyPolicy(Endpoint endpoint, int port, List<Path> files, List<KnownKey> known) {
    this.endpoint = endpoint;
    this.port = port;
    this.files = files;
    this.known = known;
  }

  static HostKeyPolicy of(SshSettings settings, Endpoint endpoint, int port)
      throws TransportException {
    if (endpoint.publicHostKey().isPresent()) {
      byte[] blob =
          HostKeyText.decode(endpoint.publicHostKey().get())
              .orElseThrow(
                  () ->
                      new TransportException(
                          TransportProblem.MISCONFIGURED,
                          "Could not connect to "
                              + endpoint.name()
                              + ": the public host key given for it is no public key. Expected"
                              + " the form 'ssh-ed25519 AAAA…', as in /etc/ssh/*.pub on that"
                              + " machine (base64 once more in a machines file)."));
      KnownKey pinned = new KnownKey(Marker.PLAIN, blob, "given with the machine");
      return new HostKeyPolicy(endpoint, port, List.of(), List.of(pinned));
    }
    try {
      List<KnownKey> keys = KnownHosts.find(settings.knownHosts(), endpoint.host(), port);
      return new HostKeyPolicy(endpoint, port, settings.knownHosts(), keys);
    } catch (IOException e) {
      throw new TransportException(
          TransportProblem.MISCONFIGURED,
          "Could not connect to "
              + endpoint.name()
              + ": its host key cannot be checked, as a known hosts file cannot be read: "
              + e.getMessage()
              + ".",
          e);
    }
  }

  /**
   * The host key algorithms to ask for, best first. The types of the keys we know come first, or
   * the machine would show another of its keys and look like a stranger; the others follow, so that
   * a stranger can be named in the message.
   */
  String algorithms(String supported) {
    Set<String> ordered = new LinkedHashSet<>();
    List<String> all = List.of(supported.split(",", -1));
    if (keys(Marker.CERT_AUTHORITY).findAny().isPresent()) {
      all.stream().filter(HostKeyPolicy::isCertificate).forEach(ordered::add);
    }
    Set<String> types = keys(Marker.PLAIN).map(KnownKey::type).collect(Collectors.toSet());
    all.stream().filter(name -> types.contains(keyType(name))).forEach(ordered::add);
    all.stream().filter(name -> !isCertificate(name)).forEach(ordered::add);
    return String.join(",", ordered);
  }

  private static boolean isCertificate(String algorithm) {
    return algorithm.contains("-cert-");
  }

  private static String keyType(String algorithm) {
    return algorithm.equals("rsa-sha2-256") || algorithm.equals("rsa-sha2-512")
        ? "ssh-rsa"
        : algorithm;
  }

  private java.util.stream.Stream<KnownKey> keys(Marker marker) {
    return known.stream().filter(key -> key.marker() == marker);
  }

  @Override
  public int check(String host, byte[] key) {
    offered = key.clone();
    if (keys(Marker.REVOKED).anyMatch(revoked -> revoked.is(key))) {
      return NOT_INCLUDED;
    }
    if (keys(Marker.PLAIN).anyMatch(expected -> expected.is(key))) {
      accepted = true;
      return OK;
    }
    return keys(Marker.PLAIN).findAny().isPresent() ? CHANGED : NOT_INCLUDED;
  }

  /** Whether the machine has shown a key that was accepted. */
  boolean isSettled() {
    return accepted;
  }

  /** Whether the machine has shown a key that was turned down. */
  boolean hasRefused() {
    return offered != null && !accepted;
  }

  /** Says why the key was turned down, and what to do. */
  TransportException refusal(Throwable cause) {
    byte[] key = offered;
    if (key == null) {
      throw new IllegalStateException("no host key was turned down");
    }
    String start = "Could not connect to " + endpoint.name() + ": ";
    String found = Fingerprint.describe(key);
    Optional<KnownKey> revoked = keys(Marker.REVOKED).filter(k -> k.is(key)).findFirst();
    if (revoked.isPresent()) {
      return new TransportException(
          TransportProblem.HOST_KEY_CHANGED,
          start + "it shows the host key " + revoked.get() + ", which is marked as revoked there.",
          cause);
    }
    List<KnownKey> expected = keys(Marker.PLAIN).toList();
    if (expected.isEmpty()) {
      return new TransportException(
          TransportProblem.HOST_KEY_UNKNOWN, start + unknown(key, found), cause);
    }
    return new TransportException(
        TransportProblem.HOST_KEY_CHANGED,
        start
            + "its host key is not the one we know. It shows "
            + found
            + "; expected "
            + expected.stream().map(KnownKey::toString).collect(Collectors.joining(" or "))
            + ". Either the machine was set up anew, or something else answers in its place. Ask"
            + " whoever runs it for the fingerprint, and only then replace the old key.",
        cause);
  }

  private String unknown(byte[] key, String found) {
    String name = KnownHosts.listedName(endpoint.host(), port);
    StringBuilder text = new StringBuilder("no host key is known for ").append(name).append(" (");
    if (files.isEmpty()) {
      text.append("none is given with the machine, and there is no known hosts file");
    } else {
      text.append(
          files.stream()
              .map(file -> file + (Files.exists(file) ? " has none" : " does not exist"))
              .collect(Collectors.joining(", ")));
    }
    text.append("). It shows ").append(found).append(". If that is really its key, ");
    if (!files.isEmpty()) {
      text.append("add the line '")
          .append(name)
          .append(' ')
          .append(HostKeyText.encode(key))
          .append("' to ")
          .append(files.get(0))
          .append(", or ");
    }
    return text.append("give its public host key with the machine.").toString();
  }

  @Override
  public HostKey[] getHostKey() {
    String name = KnownHosts.listedName(endpoint.host(), port);
    List<HostKey> keys = new ArrayList<>();
    for (KnownKey key : known) {
      String marker =
          switch (key.marker()) {
            case PLAIN -> "";
            case REVOKED -> "@revoked";
            case CERT_AUTHORITY -> "@cert-authority";
          };
      try {
        keys.add(new HostKey(marker, name, HostKey.GUESS, key.blob(), null));
      } catch (JSchException e) {
        // A type of key that JSch does not know cannot be negotiated either.
        JschLog.skipping(key, e);
      }
    }
    return keys.toArray(HostKey[]::new);
  }

  @Override
  public HostKey[] getHostKey(@Nullable String host, @Nullable String type) {
    List<HostKey> keys = new ArrayList<>();
    for (HostKey key : getHostKey()) {
      if (type == null || key.getType().equals(type)) {
        keys.add(key);
      }
    }
    return keys.toArray(HostKey[]::new);
  }

  @Override
  public String getKnownHostsRepositoryID() {
    return "known hosts";
  }

  @Override
  public void add(HostKey key, @Nullable UserInfo user) {
    throw new UnsupportedOperationException("host keys are never learned");
  }

  @Override
  public void remove(String host, @Nullable String type) {
    throw new UnsupportedOperationException("host keys are never forgotten");
  }

  @Override
  public void remove(String host, @Nullable String type, byte @Nullable [] key) {
    throw new UnsupportedOperationException("host keys are never forgotten");
  }
}
