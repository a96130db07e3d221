package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One login. */
final class SshConnection implements Connection {
  /** The largest packet OpenSSH sends; with JSch's default, half of it, half the throughput. */
  private static final int PACKET_BYTES = 32 * 1024;

  private final Session session;
  private final Link link;
  private final String name;
  private final int windowBytes;
  private final ConnectOptions options;
  private final LifeSigns lifeSigns;
  private final ReentrantLock starting = new ReentrantLock();

  /** Why the connection is over, once it is; the first reason counts. */
  private final AtomicReference<@Nullable String> end = new AtomicReference<>();

  private volatile @Nullable SshProcess current;

  private SshConnection(
      Session session, Link link, String name, int windowBytes, ConnectOptions options) {
    this.session = session;
    this.link = link;
    this.name = name;
    this.windowBytes = windowBytes;
    this.options = options;
    this.lifeSigns = new LifeSigns(this, session, link, options);
  }

  static SshConnection over(
      Session session, Link link, Endpoint endpoint, SshSettings settings, ConnectOptions options) {
    SshConnection connection =
        new SshConnection(session, link, endpoint.name(), settings.windowBytes(), options);
    connection.lifeSigns.start();
    return connection;
  }

  String name() {
    return name;
  }

  @Override
  public RemoteProcess start(List<String> command, StderrSink stderr)
      throws TransportException, InterruptedException {
    byte[] quoted = ShellWords.quote(command).getBytes(StandardCharsets.UTF_8);
    starting.lockInterruptibly();
    try {
      SshProcess last = current;
      if (last != null && !last.isClosed()) {
        throw new IllegalStateException("the last process on " + name + " is not closed yet");
      }
      String what = "Could not start " + command.get(0) + " on " + name + ": ";
      if (!isOpen()) {
        throw new TransportException(TransportProblem.LOST, what + endReason() + ".");
      }
      ChannelExec channel;
      try {
        channel = (ChannelExec) session.openChannel("exec");
        channel.setLocalWindowSizeMax(windowBytes);
        channel.setLocalPacketSize(PACKET_BYTES);
      } catch (JSchException e) {
        throw new TransportException(TransportProblem.LOST, what + endReason() + ".", e);
      }
      channel.setCommand(quoted);
      SshProcess process = new SshProcess(this, channel, stderr, options);
      current = process;
      process.start(what);
      return process;
    } finally {
      starting.unlock();
    }
  }

  @Override
  public boolean isOpen() {
    return end.get() == null && session.isConnected();
  }

  /** Why the connection is over, as a clause. */
  String endReason() {
    String reason = end.get();
    return reason == null ? "the connection to " + name + " was broken off" : reason;
  }

  /** Whether the machine is not listened to because our side does not read. */
  boolean isStalledByReader() {
    SshProcess process = current;
    return process != null && process.isStalledByReader();
  }

  @Override
  public void close() {
    hangUp("the connection to " + name + " is closed");
  }

  /** Ends everything, with a reason for those who are blocked. Any thread, any number of times. */
  void hangUp(String reason) {
    end.compareAndSet(null, reason);
    lifeSigns.stop();
    // The socket first: a thread that is blocked in it holds the locks JSch wants for a disconnect.
    link.close();
    SshProcess process = current;
    if (process != null) {
      process.cut(endReason());
    }
    session.disconnect();
  }
}
