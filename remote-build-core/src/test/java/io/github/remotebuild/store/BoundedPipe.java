package io.github.remotebuild.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A pipe that holds a few bytes and blocks, as those of an operating system do. */
final class BoundedPipe {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final byte[] ring;
  private int count;
  private int first;
  private boolean isEnded;
  private boolean isBroken;

  BoundedPipe(int capacity) {
    this.ring = new byte[capacity];
  }

  /** Ends every blocked read and write with an exception. */
  void breakOff() {
    lock.lock();
    try {
      isBroken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes are in it. */
  int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  private void await() throws IOException {
    try {
      changed.await();
    } catch (InterruptedException e) {
      throw new java.io.InterruptedIOException();
    }
  }

  private void checkWhole() throws IOException {
    if (isBroken) {
      throw new IOException("The pipe is broken");
    }
  }

  InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
          while (count == 0 && !isEnded && !isBroken) {
            BoundedPipe.this.await();
          }
          checkWhole();
          if (count == 0) {
            return -1;
          }
          int got = Math.min(length, Math.min(count, ring.length - first));
          System.arraycopy(ring, first, bytes, offset, got);
          first = (first + got) % ring.length;
          count -= got;
          changed.signalAll();
          return got;
        } finally {
          lock.unlock();
        }
      }

      @Override
      public int available() {
        return count();
      }

      @Override
      public void close() {
        breakOff();
      }
    };
  }

  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
          int done = 0;
          while (done < length) {
            while (count == ring.length && !isBroken) {
              BoundedPipe.this.await();
            }
            checkWhole();
            int at = (first + count) % ring.length;
            int piece = Math.min(length - done, Math.min(ring.length - count, ring.length - at));
            System.arraycopy(bytes, offset + done, ring, at, piece);
            count += piece;
            done += piece;
            changed.signalAll();
          }
        } finally {
          lock.unlock();
        }
      }

      @Override
      public void close() {
        lock.lock();
        try {
          isEnded = true;
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    };
  }
}
