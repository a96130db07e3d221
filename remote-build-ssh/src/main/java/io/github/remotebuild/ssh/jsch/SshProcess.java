package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import io.github.remotebuild.transport.BytePipe;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A program at the far end of one channel.
 *
 * <p>A thread of its own opens the channel and then carries standard input, as both block in JSch
 * where no interrupt reaches. Standard output and error come on JSch's session thread.
 */
final class SshProcess implements RemoteProcess {
  /** Output that has arrived and is not read yet; beyond it the machine is made to wait. */
  private static final int STDOUT_BYTES = 256 * 1024;

  /** Input that is written and not sent yet. */
  private static final int STDIN_BYTES = 256 * 1024;

  /** How long closing a running process may take before the whole connection is given up. */
  private static final Duration FAREWELL = Duration.ofMillis(500);

  private final SshConnection connection;
  private final ChannelExec channel;
  private final StderrSink stderr;
  private final ConnectOptions options;
  private final BytePipe stdin = BytePipe.ofCapacity(STDIN_BYTES);
  private final BytePipe stdout = BytePipe.ofCapacity(STDOUT_BYTES);
  private final CountDownLatch opened = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable JSchException refusal;

  /** Whether the machine has said that the output is complete. */
  private volatile boolean outputEnded;

  SshProcess(
      SshConnection connection, ChannelExec channel, StderrSink stderr, ConnectOptions options) {
    this.connection = connection;
    this.channel = channel;
    this.stderr = StderrSink.untilItThrows(stderr);
    this.options = options;
  }

  void start(String what) throws TransportException, InterruptedException {
    channel.setOutputStream(new FromStdout());
    channel.setErrStream(new FromStderr());
    Thread thread = options.threads().newThread(this::openAndFeed);
    thread.setName("ssh input to " + connection.name());
    thread.start();
    boolean isAnswered = false;
    try {
      isAnswered = opened.await(options.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!isAnswered) {
        // The channel is in a state nobody knows, and so is the connection.
        connection.hangUp("the connection to " + connection.name() + " was given up");
      }
    }
    if (!isAnswered) {
      throw new TransportException(
          TransportProblem.TIMED_OUT,
          what
              + "the machine did not answer within "
              + options.connectTimeout().toMillis()
              + " ms. The connection is closed.");
    }
    JSchException reason = refusal;
    if (reason != null) {
      close();
      if (!connection.isOpen()) {
        throw new TransportException(
            TransportProblem.LOST, what + connection.endReason() + ".", reason);
      }
      throw new TransportException(
          TransportProblem.PROCESS_REFUSED,
          what
              + "the machine refuses to run another program for this login ("
              + reason.getMessage()
              + "). Check MaxSessions and forced commands in its sshd's configuration, and how many"
              + " programs were left behind there.",
          reason);
    }
  }

  private void openAndFeed() {
    OutputStream to;
    try {
      to = channel.getOutputStream();
      channel.connect(Math.toIntExact(Math.min(options.connectTimeout().toMillis(), 1 << 30)));
    } catch (JSchException e) {
      refusal = e;
      ended.countDown();
      return;
    } catch (IOException e) {
      refusal = new JSchException(e.getMessage(), e);
      ended.countDown();
      return;
    } finally {
      opened.countDown();
    }
    InputStream from = stdin.reader();
    byte[] buffer = new byte[STDIN_BYTES];
    try {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
        to.flush();
      }
      to.close();
    } catch (IOException e) {
      // What JSch says here is only where it noticed; the connection knows why.
      stdin.fail(connection.isOpen() ? e : lost(connection.endReason()));
    }
  }

  @Override
  public OutputStream stdin() {
    return stdin.writer();
  }

  @Override
  public InputStream stdout() {
    return stdout.reader();
  }

  @Override
  public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
    if (!ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      return OptionalInt.empty();
    }
    int status = channel.getExitStatus();
    return status < 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }

  @Override
  public boolean isEnded() {
    return ended.getCount() == 0;
  }

  boolean isClosed() {
    return closed.get();
  }

  boolean isStalledByReader() {
    return stdout.isWriterWaiting();
  }

  /** The connection is gone: what has arrived can still be read, then {@code reason} is told. */
  void cut(String reason) {
    TransportException lost = lost(reason);
    stdout.fail(lost);
    stdin.fail(lost);
  }

  private TransportException lost(String reason) {
    return new TransportException(
        TransportProblem.LOST, "Could not talk to the program: " + reason + ".");
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    stdin.close();
    stdout.close();
    if (isEnded() || !connection.isOpen()) {
      return;
    }
    // JSch sends the news under locks that a blocked upload may hold, so it gets a thread and
    // little time.
    Thread farewell = options.threads().newThread(channel::disconnect);
    farewell.setName("ssh farewell to " + connection.name());
    farewell.start();
    try {
      farewell.join(FAREWELL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (farewell.isAlive()) {
      connection.hangUp(
          "a program was closed on " + connection.name() + " which did not take notice");
    }
  }

  /** JSch's session thread, and whichever thread disconnects, tell the outcome here. */
  private void end() {
    if (ended.getCount() > 0) {
      stderr.end();
      ended.countDown();
      stdin.fail(
          outputEnded
              ? new IOException("the program on " + connection.name() + " has ended")
              : lost(connection.endReason()));
    }
  }

  private final class FromStdout extends OutputStream {
    private final OutputStream to = stdout.writer();

    @Override
    public void write(int value) throws IOException {
      to.write(value);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      to.write(buffer, offset, length);
    }

    /** Called at the end of the output, and when the channel is taken down without one. */
    @Override
    public void close() throws IOException {
      if (channel.isConnected() || channel.getExitStatus() >= 0) {
        outputEnded = true;
        to.close();
      } else {
        stdout.fail(lost(connection.endReason()));
      }
    }
  }

  private final class FromStderr extends OutputStream {
    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      stderr.accept(buffer, offset, length);
    }

    /** Called when the channel is taken down, after standard output has been closed. */
    @Override
    public void close() {
      end();
    }
  }
}
