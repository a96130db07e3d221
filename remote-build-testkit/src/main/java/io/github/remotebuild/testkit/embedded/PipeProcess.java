package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.transport.BytePipe;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** The client's end of a program on an embedded machine, over pipes in memory. */
final class PipeProcess implements RemoteProcess {
  private static final int PIPE_BYTES = 64 * 1024;

  private final StderrSink stderr;
  private final ReentrantLock stderrLock = new ReentrantLock();
  private final BytePipe stdin = BytePipe.ofCapacity(PIPE_BYTES);
  private final BytePipe stdout = BytePipe.ofCapacity(PIPE_BYTES);
  private final CompletableFuture<OptionalInt> exit = new CompletableFuture<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final StoreProgram program;

  PipeProcess(Link link, List<String> command, StderrSink stderr) {
    this.stderr = StderrSink.untilItThrows(stderr);
    this.program =
        new StoreProgram(
            link, command, stdin.reader(), stdout.writer(), new Stderr(), this::programEnded);
  }

  void start() {
    program.start();
  }

  private final class Stderr extends OutputStream {
    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      stderrLock.lock();
      try {
        if (!exit.isDone()) {
          stderr.accept(buffer, offset, length);
        }
      } finally {
        stderrLock.unlock();
      }
    }
  }

  private void programEnded(int status) {
    try {
      stdout.writer().close();
    } catch (IOException e) {
      throw new IllegalStateException("a pipe in memory can be closed", e);
    }
    stdin.fail(new IOException("the program has ended"));
    end(OptionalInt.of(status));
  }

  /** The connection broke: what is on the way still arrives, and then nothing more. */
  void lose(String machine) {
    TransportException lost =
        new TransportException(
            TransportProblem.LOST, "Lost the connection to " + machine + ": reset by the machine");
    stdout.fail(lost);
    stdin.fail(lost);
    end(OptionalInt.empty());
  }

  private void end(OptionalInt status) {
    stderrLock.lock();
    try {
      if (!exit.isDone()) {
        stderr.end();
        exit.complete(status);
      }
    } finally {
      stderrLock.unlock();
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
    try {
      return exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return OptionalInt.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a program does not end with an exception", e);
    }
  }

  @Override
  public boolean isEnded() {
    return exit.isDone();
  }

  boolean isClosed() {
    return isClosed.get();
  }

  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      stdin.close();
      stdout.close();
      program.kill();
      end(OptionalInt.empty());
    }
  }
}
