package io.github.remotebuild.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stands between a client and a server, and passes their bytes on until it is told not to. */
final class Saboteur implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final CopyOnWriteArrayList<Socket> sockets = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long stallAfter = Long.MAX_VALUE;
  private volatile long hangUpAfter = Long.MAX_VALUE;
  private volatile Duration pause = Duration.ZERO;

  /** Closed while bytes may pass. */
  private volatile CountDownLatch frozen = new CountDownLatch(0);

  private Saboteur(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  /** Stands before a server on this computer. */
  static Saboteur before(int port) throws IOException {
    return new Saboteur(port);
  }

  /** After so many bytes from the server, passes on no more, and keeps the connection. */
  Saboteur stallingAfter(long bytes) {
    stallAfter = bytes;
    return this;
  }

  /** After so many bytes from the server, closes the connection. */
  Saboteur hangingUpAfter(long bytes) {
    hangUpAfter = bytes;
    return this;
  }

  /** Passes on what the server says one byte at a time. */
  Saboteur trickling(Duration betweenBytes) {
    pause = betweenBytes;
    return this;
  }

  /** Stops both directions, as if the cable was pulled. */
  void freeze() {
    frozen = new CountDownLatch(1);
  }

  /** Plugs the cable in again. */
  void thaw() {
    frozen.countDown();
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    frozen.countDown();
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "saboteur");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (closed.getCount() > 0) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        if (hangUpAfter == 0) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        daemon(() -> pass(client, server, false));
        daemon(() -> pass(server, client, true));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void pass(Socket from, Socket to, boolean isFromServer) {
    byte[] buffer = new byte[16 * 1024];
    long passed = 0;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      boolean isTrickling = isFromServer && !pause.isZero();
      for (int read = read(in, buffer, isTrickling); read >= 0; ) {
        frozen.await();
        int allowed = read;
        if (isFromServer) {
          allowed = (int) Math.min(read, Math.min(stallAfter, hangUpAfter) - passed);
        }
        out.write(buffer, 0, allowed);
        passed += allowed;
        if (allowed < read) {
          if (hangUpAfter <= stallAfter) {
            return;
          }
          closed.await();
        }
        if (isTrickling) {
          closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        }
        read = read(in, buffer, isTrickling);
      }
    } catch (IOException e) {
      // One side has gone, and so does the other.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int read(InputStream in, byte[] buffer, boolean one) throws IOException {
    return in.read(buffer, 0, one ? 1 : buffer.length);
  }
}
