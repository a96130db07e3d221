package io.github.remotebuild.store;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A process's standard input that another thread may close, but never in the middle of a write:
 * there the close itself could block for as long as the write does.
 */
final class GuardedOutput extends OutputStream {
  private final OutputStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean isClosed;

  GuardedOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      checkOpen();
      out.write(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() throws IOException {
    lock.lock();
    try {
      checkOpen();
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (isClosed) {
      throw new IOException("The input of the store process is closed");
    }
  }

  /**
   * Closes it, unless a write goes on for longer than {@code patience}.
   *
   * @return whether it is closed
   * @throws InterruptedException if the calling thread is interrupted
   */
  boolean tryClose(Duration patience) throws InterruptedException {
    if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      if (!isClosed) {
        isClosed = true;
        out.close();
      }
    } catch (IOException e) {
      // The process has ended already, which is what closing is for.
    } finally {
      lock.unlock();
    }
    return true;
  }
}
