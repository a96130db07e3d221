package io.github.remotebuild.fake;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** One login on a {@link FakeMachine}; refuses a second process at once, as the contract says. */
final class FakeConnection implements Connection {
  private final FakeMachine machine;
  private final ThreadFactory threads;
  private @Nullable FakeProcess current;
  private boolean isClosed;
  private boolean isGone;

  FakeConnection(FakeMachine machine, ThreadFactory threads) {
    this.machine = machine;
    this.threads = threads;
  }

  @Override
  public RemoteProcess start(List<String> command, StderrSink stderr)
      throws TransportException, InterruptedException {
    machine.reach(Step.START);
    synchronized (this) {
      if (isClosed || isGone) {
        throw new TransportException(
            TransportProblem.LOST, "Could not start a program on " + machine + ": it is gone");
      }
      FakeProcess last = current;
      if (last != null && !last.isClosed()) {
        throw new IllegalStateException("the last process on " + machine + " is not closed yet");
      }
      FakeProcess process = new FakeProcess(machine, stderr);
      current = process;
      process.start(threads);
      return process;
    }
  }

  @Override
  public synchronized boolean isOpen() {
    // A connection that has died is not known to be dead before it is used.
    return !isClosed;
  }

  void vanish() {
    FakeProcess process;
    synchronized (this) {
      isGone = true;
      process = current;
    }
    if (process != null) {
      process.lose();
    }
  }

  @Override
  public void close() {
    FakeProcess process;
    synchronized (this) {
      isClosed = true;
      process = current;
      current = null;
    }
    if (process != null) {
      process.close();
    }
    machine.closed(this);
  }
}
