package io.github.remotebuild.testkit.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** One command that an ssh client wants to run on an embedded machine. */
final class SshCommand implements Command {
  private final Link link;
  private final String command;
  private @Nullable InputStream in;
  private @Nullable OutputStream out;
  private @Nullable OutputStream err;
  private @Nullable ExitCallback exit;
  private volatile @Nullable StoreProgram program;

  SshCommand(Link link, String command) {
    this.link = link;
    this.command = command;
  }

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    err = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    InputStream stdin = in;
    OutputStream stdout = out;
    OutputStream stderr = err;
    ExitCallback callback = exit;
    if (stdin == null || stdout == null || stderr == null || callback == null) {
      throw new IOException("the ssh server gave a command no streams");
    }
    StoreProgram started =
        new StoreProgram(
            link,
            ShellCommandLine.split(command),
            stdin,
            stdout,
            new Locked(stderr),
            status -> callback.onExit(status));
    program = started;
    started.startByItself();
  }

  @Override
  public void destroy(ChannelSession channel) {
    StoreProgram running = program;
    if (running != null) {
      running.kill();
    }
  }

  /** The log of a builder and the words of the store process come from two threads. */
  private static final class Locked extends OutputStream {
    private final OutputStream next;
    private final ReentrantLock lock = new ReentrantLock();

    Locked(OutputStream next) {
      this.next = next;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      lock.lock();
      try {
        next.write(buffer, offset, length);
        next.flush();
      } finally {
        lock.unlock();
      }
    }
  }
}
