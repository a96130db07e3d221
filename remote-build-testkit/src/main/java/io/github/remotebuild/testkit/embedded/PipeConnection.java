package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The client's end of a connection to an embedded machine, without ssh. */
final class PipeConnection implements Connection {
  private final Link link;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable PipeProcess current;
  private boolean isClosed;

  PipeConnection(Link link, String name) {
    this.link = link;
    this.name = name;
    link.onCut(this::lose);
  }

  private void lose() {
    lock.lock();
    try {
      if (current != null) {
        current.lose(name);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public RemoteProcess start(List<String> command, StderrSink stderr)
      throws TransportException, InterruptedException {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("the command has no words");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    reachStart();
    lock.lock();
    try {
      if (isClosed || link.isOver()) {
        throw new TransportException(
            TransportProblem.LOST,
            "Could not start "
                + command.get(0)
                + " on "
                + name
                + (isClosed ? ": the connection is closed" : ": the connection is lost"));
      }
      if (current != null && !current.isClosed()) {
        throw new IllegalStateException("the last process on " + name + " is not closed yet");
      }
      PipeProcess process = new PipeProcess(link, command, stderr);
      current = process;
      process.start();
      return process;
    } finally {
      lock.unlock();
    }
  }

  private void reachStart() throws TransportException, InterruptedException {
    try {
      link.reach(Step.START);
    } catch (TransportException e) {
      throw e;
    } catch (IOException | EmbeddedStoreException e) {
      throw new TransportException(
          TransportProblem.LOST,
          "Could not start a program on " + name + ": " + String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean isOpen() {
    lock.lock();
    try {
      return !isClosed && !link.isOver();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    PipeProcess process;
    lock.lock();
    try {
      isClosed = true;
      process = current;
      current = null;
    } finally {
      lock.unlock();
    }
    if (process != null) {
      process.close();
    }
    link.hungUp();
  }
}
