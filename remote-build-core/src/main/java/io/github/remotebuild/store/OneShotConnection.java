package io.github.remotebuild.store;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** A connection that is closed together with its only process. */
final class OneShotConnection implements Connection {
  private final Connection connection;

  OneShotConnection(Connection connection) {
    this.connection = connection;
  }

  @Override
  public RemoteProcess start(List<String> command, StderrSink stderr)
      throws TransportException, InterruptedException {
    RemoteProcess process = connection.start(command, stderr);
    return new RemoteProcess() {
      @Override
      public OutputStream stdin() {
        return process.stdin();
      }

      @Override
      public InputStream stdout() {
        return process.stdout();
      }

      @Override
      public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
        return process.awaitExit(timeout);
      }

      @Override
      public boolean isEnded() {
        return process.isEnded();
      }

      @Override
      public void close() {
        process.close();
        connection.close();
      }
    };
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public void close() {
    connection.close();
  }
}
