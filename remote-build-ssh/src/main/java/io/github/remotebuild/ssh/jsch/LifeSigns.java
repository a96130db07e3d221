package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.Session;
import io.github.remotebuild.transport.ConnectOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether a machine is still there.
 *
 * <p>JSch has a keep-alive of its own, built on read timeouts. It is not used: a timeout in the
 * middle of a packet loses the part that was read, and nothing happens at all while the thread that
 * should notice waits for a lock that a blocked upload holds. This one looks at the bytes on the
 * link. Any byte received is a sign of life, and so is any byte the machine takes while we are
 * waiting to send.
 */
final class LifeSigns {
  private final SshConnection connection;
  private final Session session;
  private final Link link;
  private final ConnectOptions options;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Asks the machine; a thread of its own, as the question may block behind an upload. */
  private @Nullable Thread question;

  LifeSigns(SshConnection connection, Session session, Link link, ConnectOptions options) {
    this.connection = connection;
    this.session = session;
    this.link = link;
    this.options = options;
  }

  void start() {
    Thread watch = options.threads().newThread(this::watch);
    watch.setName("ssh keep-alive of " + connection.name());
    watch.start();
  }

  void stop() {
    stopped.countDown();
  }

  private void watch() {
    long received = link.receivedBytes();
    long sent = link.sentBytes();
    int silences = 0;
    try {
      while (!stopped.await(options.keepAliveInterval().toNanos(), TimeUnit.NANOSECONDS)) {
        if (!session.isConnected()) {
          return;
        }
        boolean isAlive =
            link.receivedBytes() != received
                || (link.isWriting() && link.sentBytes() != sent)
                || connection.isStalledByReader();
        received = link.receivedBytes();
        sent = link.sentBytes();
        silences = isAlive ? 0 : silences + 1;
        if (silences > options.keepAliveLimit()) {
          connection.hangUp(
              connection.name()
                  + " gave no sign of life for "
                  + options.keepAliveInterval().multipliedBy(silences).toMillis()
                  + " ms, so the connection to it counts as lost");
          return;
        }
        if (silences > 0) {
          ask();
        }
      }
    } catch (InterruptedException e) {
      // Somebody wants this thread to end; without it the connection would be unwatched.
      connection.hangUp("the thread that watches the connection was interrupted");
    }
  }

  private void ask() {
    if (question != null && question.isAlive()) {
      return;
    }
    Thread asking =
        options
            .threads()
            .newThread(
                () -> {
                  try {
                    session.sendKeepAliveMsg();
                  } catch (Exception e) {
                    // Then there is no answer either, which is what is looked at.
                    JschLog.closing(e);
                  }
                });
    asking.setName("ssh question to " + connection.name());
    asking.start();
    question = asking;
  }
}
