package io.github.remotebuild.store;

import static java.util.stream.Collectors.joining;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * Starts programs on this machine, or by one that runs commands on another; just enough of a
 * transport for these tests.
 */
final class ProcessConnection implements Connection {
  private final List<String> prefix;

  /** Starts programs here. */
  ProcessConnection() {
    this(List.of());
  }

  /** Hands the command, quoted for a shell, to a program such as {@code ssh machine}. */
  ProcessConnection(List<String> prefix) {
    this.prefix = List.copyOf(prefix);
  }

  @Override
  public RemoteProcess start(List<String> command, StderrSink stderr) throws TransportException {
    List<String> words = new ArrayList<>(prefix);
    if (prefix.isEmpty()) {
      words.addAll(command);
    } else {
      words.add(command.stream().map(ProcessConnection::quoted).collect(joining(" ")));
    }
    ProcessBuilder builder = new ProcessBuilder(words);
    try {
      return new Running(builder.start(), stderr);
    } catch (IOException e) {
      throw new TransportException(TransportProblem.PROCESS_REFUSED, e.getMessage(), e);
    }
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}

  private static final class Running implements RemoteProcess {
    private final Process process;
    private final Thread pump;

    Running(Process process, StderrSink sink) {
      this.process = process;
      this.pump = new Thread(() -> pump(process.getErrorStream(), sink), "stderr");
      pump.setDaemon(true);
      pump.start();
    }

    private static void pump(InputStream from, StderrSink sink) {
      byte[] buffer = new byte[8192];
      try {
        for (int got = from.read(buffer); got >= 0; got = from.read(buffer)) {
          sink.accept(buffer, 0, got);
        }
      } catch (IOException e) {
        // The process was closed.
      }
      sink.end();
    }

    @Override
    public OutputStream stdin() {
      return process.getOutputStream();
    }

    @Override
    public InputStream stdout() {
      return process.getInputStream();
    }

    @Override
    public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        return OptionalInt.empty();
      }
      pump.join(timeout.toMillis());
      return OptionalInt.of(process.exitValue());
    }

    @Override
    public boolean isEnded() {
      return !process.isAlive();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
