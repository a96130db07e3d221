package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.Phase;
import io.github.remotebuild.testkit.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSession;

/** An ssh server in front of one embedded machine, on a port of its own on the loopback address. */
final class SshFront implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  static final String USER = "builder";

  private static final AttributeKey<Link> LINK = new AttributeKey<>();
  private static final int WORKERS = 2;

  private final SshServer server = SshServer.setUpDefaultServer();
  private final EmbeddedMachine machine;
  private final KeyPair hostKey;
  private final KeyPair wrongKey;

  private SshFront(EmbeddedMachine machine, KeyPair hostKey, KeyPair wrongKey, PublicKey user) {
    this.machine = machine;
    this.hostKey = hostKey;
    this.wrongKey = wrongKey;
    server.setHost(HOST);
    server.setPort(0);
    server.setNioWorkers(WORKERS);
    server.setKeyPairProvider(this::hostKeys);
    server.setPublickeyAuthenticator(
        (name, key, session) -> name.equals(USER) && KeyUtils.compareKeys(user, key));
    server.setCommandFactory(
        (channel, command) -> new SshCommand(link(channel.getSession()), command));
    server.addSessionListener(new Links());
    // A build may be silent for as long as it likes.
    CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, Duration.ZERO);
  }

  /** Starts a server in which this user key may log in. */
  static SshFront start(
      EmbeddedMachine machine, KeyPair hostKey, KeyPair wrongKey, PublicKey user) {
    SshFront front = new SshFront(machine, hostKey, wrongKey, user);
    try {
      front.server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not start an ssh server for " + machine, e);
    }
    return front;
  }

  int port() {
    return server.getPort();
  }

  PublicKey hostKey() {
    return hostKey.getPublic();
  }

  private List<KeyPair> hostKeys(SessionContext session) {
    Link link = session.getAttribute(LINK);
    boolean isWrong = link != null && link.strikes(Fault.WrongHostKey.class).isPresent();
    return List.of(isWrong ? wrongKey : hostKey);
  }

  private static Link link(Session session) {
    Link link = session.getAttribute(LINK);
    if (link == null) {
      throw new IllegalStateException(session + " has no link");
    }
    return link;
  }

  /** Ties each ssh session to a link. */
  private final class Links implements SessionListener {
    @Override
    public void sessionCreated(Session session) {
      Link link = machine.admit();
      session.setAttribute(LINK, link);
      link.onCut(() -> session.close(true));
      if (!machine.isAlive()
          || link.strikes(Fault.Refuse.class).isPresent()
          || link.strikes(Fault.StayMute.class).isPresent()) {
        link.cut();
      }
    }

    @Override
    public void sessionEvent(Session session, Event event) {
      if (event == Event.Authenticated && session instanceof ServerSession) {
        try {
          link(session).enter(Phase.CONNECT);
        } catch (IOException e) {
          session.close(true);
        }
      }
    }

    @Override
    public void sessionClosed(Session session) {
      Link link = session.getAttribute(LINK);
      if (link != null) {
        link.hungUp();
      }
    }
  }

  @Override
  public void close() {
    try {
      server.stop(true);
      server.close(true).await(Duration.ofSeconds(10));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not stop the ssh server of " + machine, e);
    }
  }
}
