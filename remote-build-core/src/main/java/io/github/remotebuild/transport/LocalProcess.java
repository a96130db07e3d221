package io.github.remotebuild.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A process of this computer.
 *
 * <p>Reads and writes on an operating system's pipe cannot be interrupted, so each stream has a
 * thread that moves its bytes to or from a {@link BytePipe}.
 */
final class LocalProcess implements RemoteProcess {
  /** Each stream may hold this much, as the kernel's own pipes do. */
  private static final int PIPE_BYTES = 64 * 1024;

  /** How long a program that is closed while running gets between the polite and the last word. */
  private static final Duration GRACE = Duration.ofMillis(200);

  private final Process process;
  private final StderrSink stderr;
  private final ThreadFactory threads;
  private final BytePipe stdin = BytePipe.ofCapacity(PIPE_BYTES);
  private final BytePipe stdout = BytePipe.ofCapacity(PIPE_BYTES);
  private final CompletableFuture<Void> stdoutEnded = new CompletableFuture<>();
  private final CompletableFuture<Void> stderrEnded = new CompletableFuture<>();
  private final CompletableFuture<Void> ended;
  private final AtomicBoolean closed = new AtomicBoolean();

  LocalProcess(Process process, StderrSink stderr, ThreadFactory threads) {
    this.process = process;
    this.stderr = StderrSink.untilItThrows(stderr);
    this.threads = threads;
    // A program that has ended reads nothing more, so nobody may go on waiting to write.
    CompletableFuture<Void> exited =
        process
            .onExit()
            .thenAccept(ignored -> stdin.fail(new IOException("the program has ended")));
    this.ended = CompletableFuture.allOf(exited, stdoutEnded, stderrEnded);
  }

  void startPumps() {
    threads.newThread(this::pumpStdout).start();
    threads.newThread(this::pumpStderr).start();
    threads.newThread(this::pumpStdin).start();
  }

  private void pumpStdout() {
    byte[] buffer = new byte[PIPE_BYTES];
    try (InputStream from = process.getInputStream()) {
      OutputStream to = stdout.writer();
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
      }
      to.close();
    } catch (IOException e) {
      stdout.fail(e);
    } finally {
      stdoutEnded.complete(null);
    }
  }

  private void pumpStderr() {
    byte[] buffer = new byte[PIPE_BYTES];
    try (InputStream from = process.getErrorStream()) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        stderr.accept(buffer, 0, read);
      }
    } catch (IOException e) {
      // The process was closed under the read; there is nothing more to hear.
    } finally {
      try {
        stderr.end();
      } finally {
        stderrEnded.complete(null);
      }
    }
  }

  private void pumpStdin() {
    byte[] buffer = new byte[PIPE_BYTES];
    InputStream from = stdin.reader();
    try (OutputStream to = process.getOutputStream()) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
        to.flush();
      }
    } catch (IOException e) {
      // The program reads no more: later writes say so.
      stdin.fail(e);
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
      ended.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return OptionalInt.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a process cannot end with an exception", e);
    }
    // The JDK reports a death by signal n as 128 + n, as shells do.
    return OptionalInt.of(process.exitValue());
  }

  @Override
  public boolean isEnded() {
    return ended.isDone();
  }

  boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    stdin.close();
    stdout.close();
    // By its handle: Process.destroy closes the streams too, and waits for whoever writes to one.
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroy);
    boolean interrupted = false;
    try {
      process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    all.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
