package io.github.remotebuild.ssh.jsch;

import com.jcraft.jsch.SocketFactory;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connection under one login.
 *
 * <p>It is ours rather than JSch's so that it can be closed without JSch's locks, and so that its
 * bytes can be counted: they are the machine's signs of life.
 */
final class Link implements SocketFactory {
  /**
   * For this many bytes, acknowledgements are not delayed. Around a login both sides send small
   * packets, sshd with Nagle's algorithm on, and waiting for each other costs 40 ms.
   */
  private static final int PROMPT_BYTES = 64 * 1024;

  private final Duration connectTimeout;
  private final CountDownLatch answered = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Socket socket;
  private boolean closed;
  private volatile boolean isResolved;
  private volatile boolean isConnected;
  private volatile boolean isWriting;
  private volatile long receivedBytes;
  private volatile long sentBytes;
  private volatile Optional<String> breakage = Optional.empty();

  Link(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    long deadline = System.nanoTime() + connectTimeout.toNanos();
    InetAddress[] addresses = InetAddress.getAllByName(host);
    isResolved = true;
    IOException failure = null;
    for (int i = 0; i < addresses.length; i++) {
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      int shareMillis = (int) Math.max(1, leftMillis / (addresses.length - i));
      Socket attempt = open();
      try {
        attempt.connect(new InetSocketAddress(addresses[i], port), shareMillis);
        isConnected = true;
        return attempt;
      } catch (IOException e) {
        attempt.close();
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    throw failure == null ? new IOException("the name has no address") : failure;
  }

  private Socket open() throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the connection attempt was given up");
      }
      socket = new Socket();
      return socket;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public InputStream getInputStream(Socket from) throws IOException {
    return new Counted(from);
  }

  @Override
  public OutputStream getOutputStream(Socket to) throws IOException {
    return new CountedOutput(to.getOutputStream());
  }

  /** Opens when the machine has sent its first byte. */
  CountDownLatch answered() {
    return answered;
  }

  boolean isResolved() {
    return isResolved;
  }

  boolean isConnected() {
    return isConnected;
  }

  /** Whether somebody is in the middle of sending, perhaps waiting for the machine to read. */
  boolean isWriting() {
    return isWriting;
  }

  long receivedBytes() {
    return receivedBytes;
  }

  long sentBytes() {
    return sentBytes;
  }

  /**
   * How reading or writing came to its end, once it has: JSch does not always tell, such as while
   * it tries one way to log in after the other.
   */
  Optional<String> breakage() {
    return breakage;
  }

  private void broke(String how) {
    if (breakage.isEmpty()) {
      breakage = Optional.of(how);
    }
  }

  private void broke(IOException how) {
    broke(String.valueOf(how.getMessage()));
  }

  /** Frees everybody who reads, writes or connects. */
  void close() {
    lock.lock();
    try {
      closed = true;
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // Closing a socket frees its users even if it complains.
      JschLog.closing(e);
    } finally {
      lock.unlock();
    }
  }

  private final class Counted extends FilterInputStream {
    private final Socket from;

    Counted(Socket from) throws IOException {
      super(from.getInputStream());
      this.from = from;
    }

    private void acknowledgeAtOnce() throws IOException {
      if (from.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
        from.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read;
      try {
        read = in.read(buffer, offset, length);
      } catch (IOException e) {
        broke(e);
        throw e;
      }
      if (read < 0) {
        broke("it was closed there");
      } else if (read > 0) {
        // Only JSch's one reading thread comes here.
        receivedBytes += read;
        answered.countDown();
        if (receivedBytes < PROMPT_BYTES) {
          acknowledgeAtOnce();
        }
      }
      return read;
    }
  }

  private final class CountedOutput extends FilterOutputStream {
    /** Small, so that a slow machine is seen to take bytes. */
    private static final int CHUNK = 16 * 1024;

    CountedOutput(OutputStream out) {
      super(out);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void write(byte[] buffer, int offset, int length) throws IOException {
      // JSch's lock lets one writer at a time come here.
      isWriting = true;
      try {
        for (int done = 0; done < length; ) {
          int part = Math.min(CHUNK, length - done);
          out.write(buffer, offset + done, part);
          done += part;
          sentBytes += part;
        }
      } catch (IOException e) {
        broke(e);
        throw e;
      } finally {
        isWriting = false;
      }
    }
  }
}
