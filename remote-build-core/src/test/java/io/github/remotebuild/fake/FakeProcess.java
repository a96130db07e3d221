package io.github.remotebuild.fake;

import io.github.remotebuild.transport.BytePipe;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A store process of a {@link FakeMachine}: a thread that speaks the serve protocol. */
final class FakeProcess implements RemoteProcess {
  private static final int PIPE_BYTES = 64 * 1024;

  private final FakeMachine machine;
  private final StderrSink stderr;
  private final BytePipe stdin = BytePipe.ofCapacity(PIPE_BYTES);
  private final BytePipe stdout = BytePipe.ofCapacity(PIPE_BYTES);
  private final CompletableFuture<OptionalInt> exit = new CompletableFuture<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final FakeServe serve;
  private @Nullable Thread thread;

  FakeProcess(FakeMachine machine, StderrSink stderr) {
    this.machine = machine;
    this.stderr = StderrSink.untilItThrows(stderr);
    this.serve = new FakeServe(machine, stdin.reader(), stdout.writer(), this::say);
  }

  void start(ThreadFactory threads) {
    machine.began(this);
    Thread started = threads.newThread(this::run);
    thread = started;
    started.start();
  }

  private void say(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stderr.accept(bytes, 0, bytes.length);
  }

  private void run() {
    OptionalInt status = OptionalInt.empty();
    try {
      status = OptionalInt.of(serve.converse());
      machine.reach(Step.EXIT);
    } catch (FakeRefusal e) {
      say("error: " + e.getMessage() + "\n");
      status = OptionalInt.of(1);
    } catch (InterruptedException e) {
      say("error: interrupted by the user\n");
      status = OptionalInt.of(1);
    } catch (IOException e) {
      status = OptionalInt.of(1);
    } finally {
      stderr.end();
      try {
        stdout.writer().close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      stdin.fail(new IOException("the program has ended"));
      machine.ended(this);
      exit.complete(status);
    }
  }

  /** Ends it as a signal does: without a word. */
  void kill() {
    stdin.close();
    stdout.fail(new IOException("killed"));
    serve.inputEnded();
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  /** Breaks its streams as a lost connection does. */
  void lose() {
    IOException lost =
        new TransportException(TransportProblem.LOST, "Connection reset by " + machine);
    stdout.fail(lost);
    stdin.fail(lost);
    exit.complete(OptionalInt.empty());
    kill();
  }

  @Override
  public OutputStream stdin() {
    return new FilterOutputStream(stdin.writer()) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        super.close();
        serve.inputEnded();
      }
    };
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
      throw new IllegalStateException(e);
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
      kill();
    }
  }
}
