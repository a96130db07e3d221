package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection.
 *
 * <p>The work is done on a thread of its own, as neither a name look-up nor JSch's handshake can be
 * interrupted or has a deadline over all its steps. The caller waits for it; if it gives up, it
 * closes the link, which ends the thread's reads and writes. Only a name look-up may keep that
 * thread longer.
 */
final class Handshake {
  private static final int DEFAULT_PORT = 22;

  private final SshSettings settings;
  private final Endpoint endpoint;
  private final String user;
  private final ConnectOptions options;
  private final int port;
  private final Link link;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether the caller has gone; a connection that comes too late is closed. */
  private boolean isAbandoned;

  private volatile @Nullable SshConnection connection;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable HostKeyPolicy hostKeys;
  private volatile @Nullable Identities identities;

  Handshake(SshSettings settings, Endpoint endpoint, String user, ConnectOptions options) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.user = user;
    this.options = options;
    this.port = endpoint.port().orElse(DEFAULT_PORT);
    this.link = new Link(options.connectTimeout());
  }

  Connection run() throws TransportException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Thread worker = options.threads().newThread(this::work);
    worker.setName("ssh handshake with " + endpoint.name());
    worker.start();
    boolean isDone = false;
    try {
      isDone =
          link.answered().await(options.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)
              && finished.await(options.authenticateTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!isDone) {
        abandon(worker);
      }
    }
    if (!isDone) {
      throw new TransportException(
          TransportProblem.TIMED_OUT, explainer().timeout(link, hostKeys, options));
    }
    Throwable reason = failure;
    if (reason != null) {
      throw explainer().explain(reason, link, hostKeys, identities);
    }
    SshConnection opened = connection;
    if (opened == null) {
      throw new IllegalStateException("the handshake ended without a result");
    }
    return opened;
  }

  private ConnectErrors explainer() {
    return new ConnectErrors(endpoint, user, port);
  }

  private void abandon(Thread worker) {
    lock.lock();
    try {
      isAbandoned = true;
      SshConnection late = connection;
      if (late != null) {
        late.close();
      }
    } finally {
      lock.unlock();
    }
    link.close();
    // Frees a wait for the agent or for a source of passphrases.
    worker.interrupt();
  }

  private void work() {
    try {
      SshConnection opened = open();
      lock.lock();
      try {
        connection = opened;
        if (isAbandoned) {
          opened.close();
        }
      } finally {
        lock.unlock();
      }
    } catch (TransportException | JSchException | RuntimeException | Error e) {
      failure = e;
      link.close();
    } finally {
      finished.countDown();
      link.answered().countDown();
    }
  }

  private SshConnection open() throws TransportException, JSchException {
    JSch jsch = new JSch();
    jsch.setInstanceLogger(new JschLog(endpoint.name()));
    HostKeyPolicy policy = HostKeyPolicy.of(settings, endpoint, port);
    hostKeys = policy;
    Identities keys = Identities.load(jsch, settings, endpoint);
    identities = keys;
    try {
      Session session = jsch.getSession(user, endpoint.host(), port);
      session.setHostKeyRepository(policy);
      session.setIdentityRepository(keys);
      session.setSocketFactory(link);
      session.setThreadFactory(options.threads());
      session.setDaemonThread(true);
      session.setConfig("StrictHostKeyChecking", "yes");
      session.setConfig("prefer_known_host_key_types", "no");
      session.setConfig("server_host_key", policy.algorithms(JSch.getConfig("server_host_key")));
      session.setConfig("PreferredAuthentications", "publickey");
      String compression = endpoint.isCompressed() ? "zlib@openssh.com,zlib,none" : "none";
      session.setConfig("compression.c2s", compression);
      session.setConfig("compression.s2c", compression);
      session.connect();
      return SshConnection.over(session, link, endpoint, settings, options);
    } finally {
      keys.clear();
    }
  }
}
