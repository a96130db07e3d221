package io.github.remotebuild.transport;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of bytes between a writing and a reading thread.
 *
 * <p>For people who write a transport: it gives back-pressure, and, unlike a socket or an operating
 * system's pipe, both of its ends can be freed by an interrupt and by {@link #close} from any
 * thread. The memory it holds grows with what is waiting in it, up to the capacity.
 *
 * <p>Safe for use by several threads; the bytes of one write stay together only if there is one
 * writer.
 *
 * @since 0.1
 */
public final class BytePipe implements AutoCloseable {
  /** What the queue holds at first; it doubles until it meets the capacity. */
  private static final int FIRST_SIZE = 16 * 1024;

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition hasRoom = lock.newCondition();
  private byte[] ring;
  private int head;
  private int count;
  private int waitingWriters;

  /** Set when no more bytes will be written. */
  private boolean ended;

  /** Why the bytes stop, told to the reader once it has read what is there. */
  private @Nullable IOException failure;

  /** Why both ends are dead, told to both at once. */
  private @Nullable IOException closed;

  private BytePipe(int capacityBytes) {
    capacity = capacityBytes;
    ring = new byte[Math.min(FIRST_SIZE, capacityBytes)];
  }

  /**
   * Makes an empty pipe.
   *
   * @param capacityBytes how many bytes may wait in it, at least 1
   */
  public static BytePipe ofCapacity(int capacityBytes) {
    if (capacityBytes < 1) {
      throw new IllegalArgumentException("capacityBytes must be positive: " + capacityBytes);
    }
    return new BytePipe(capacityBytes);
  }

  /**
   * The end to read from. Its {@code close} kills the pipe as {@link #close} does. A read that is
   * interrupted throws {@link InterruptedIOException} and keeps the thread's interrupt flag.
   */
  public InputStream reader() {
    return new Reader();
  }

  /**
   * The end to write to. A write waits while the pipe is full. Its {@code close} ends the bytes:
   * the reader still gets what is waiting, then the end. A write that is interrupted throws {@link
   * InterruptedIOException} and keeps the thread's interrupt flag; a part of its bytes may have
   * been written. {@code flush} does nothing, as written bytes can be read at once.
   */
  public OutputStream writer() {
    return new Writer();
  }

  /**
   * Ends the bytes with an error: the reader still gets what is waiting, then {@code reason};
   * writes fail at once. Does nothing if the bytes have ended already.
   */
  public void fail(IOException reason) {
    requireNonNull(reason, "reason");
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = reason;
        signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Kills both ends: every read and write, also one that is waiting, ends with an exception. */
  @Override
  public void close() {
    close("the stream is closed");
  }

  /**
   * Kills both ends, as {@link #close()} does.
   *
   * @param reason what the exceptions say
   */
  public void close(String reason) {
    lock.lock();
    try {
      if (closed == null) {
        closed = new IOException(reason);
        ended = true;
        ring = new byte[0];
        head = 0;
        count = 0;
        signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a writer is waiting for room just now. */
  public boolean isWriterWaiting() {
    lock.lock();
    try {
      return waitingWriters > 0;
    } finally {
      lock.unlock();
    }
  }

  private void signalAll() {
    changed.signalAll();
    hasRoom.signalAll();
  }

  /** A fresh exception, as one shared by two threads would carry the wrong stack. */
  private static IOException copyOf(IOException reason) {
    if (reason instanceof TransportException known) {
      return new TransportException(known.problem(), String.valueOf(known.getMessage()), known);
    }
    return new IOException(reason.getMessage(), reason);
  }

  private int read(byte[] buffer, int offset, int length) throws IOException {
    checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      while (count == 0) {
        if (closed != null) {
          throw copyOf(closed);
        }
        if (failure != null) {
          throw copyOf(failure);
        }
        if (ended) {
          return -1;
        }
        changed.await();
      }
      int taken = Math.min(length, count);
      int first = Math.min(taken, ring.length - head);
      System.arraycopy(ring, head, buffer, offset, first);
      System.arraycopy(ring, 0, buffer, offset + first, taken - first);
      head = taken == count ? 0 : (head + taken) % ring.length;
      count -= taken;
      if (waitingWriters > 0) {
        hasRoom.signalAll();
      }
      return taken;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private void write(byte[] buffer, int offset, int length) throws IOException {
    checkFromIndexSize(offset, length, buffer.length);
    lock.lock();
    try {
      int from = offset;
      int left = length;
      while (left > 0) {
        checkWritable();
        if (count == ring.length && !grow(left)) {
          waitingWriters++;
          try {
            hasRoom.await();
          } finally {
            waitingWriters--;
          }
          continue;
        }
        int tail = (head + count) % ring.length;
        int room = Math.min(left, ring.length - count);
        int first = Math.min(room, ring.length - tail);
        System.arraycopy(buffer, from, ring, tail, first);
        System.arraycopy(buffer, from + first, ring, 0, room - first);
        count += room;
        from += room;
        left -= room;
        changed.signal();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private void checkWritable() throws IOException {
    if (closed != null) {
      throw copyOf(closed);
    }
    if (failure != null) {
      throw copyOf(failure);
    }
    if (ended) {
      throw new IOException("the stream is closed");
    }
  }

  private boolean grow(int wanted) {
    if (ring.length >= capacity) {
      return false;
    }
    long size = ring.length;
    while (size < capacity && size < (long) count + wanted) {
      size *= 2;
    }
    byte[] bigger = new byte[(int) Math.min(size, capacity)];
    int first = Math.min(count, ring.length - head);
    System.arraycopy(ring, head, bigger, 0, first);
    System.arraycopy(ring, 0, bigger, first, count - first);
    ring = bigger;
    head = 0;
    return true;
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException exception =
        new InterruptedIOException("interrupted while waiting for the other end");
    exception.initCause(cause);
    return exception;
  }

  private final class Reader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return BytePipe.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return BytePipe.this.read(buffer, offset, length);
    }

    @Override
    public int available() {
      lock.lock();
      try {
        return count;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      BytePipe.this.close();
    }
  }

  private final class Writer extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      BytePipe.this.write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      BytePipe.this.write(buffer, offset, length);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!ended) {
          ended = true;
          signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
