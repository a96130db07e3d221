package io.github.remotebuild.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connection to this computer: there is nothing to connect, only processes to keep track of.
 */
final class LocalConnection implements Connection {
  private final String name;
  private final ThreadFactory threads;
  private final Optional<Map<String, String>> environment;
  private final Optional<Path> workingDirectory;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable LocalProcess current;
  private boolean closed;

  LocalConnection(
      String name,
      ThreadFactory threads,
      Optional<Map<String, String>> environment,
      Optional<Path> workingDirectory) {
    this.name = name;
    this.threads = threads;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
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
    lock.lock();
    try {
      if (closed) {
        throw new TransportException(
            TransportProblem.LOST,
            "Could not start " + command.get(0) + " on " + name + ": the connection is closed.");
      }
      if (current != null && !current.isClosed()) {
        throw new IllegalStateException("the last process on " + name + " is not closed yet");
      }
      ProcessBuilder builder = new ProcessBuilder(command);
      environment.ifPresent(
          variables -> {
            builder.environment().clear();
            builder.environment().putAll(variables);
          });
      workingDirectory.ifPresent(directory -> builder.directory(directory.toFile()));
      LocalProcess process = new LocalProcess(builder.start(), stderr, threads);
      current = process;
      process.startPumps();
      return process;
    } catch (IOException e) {
      if (e instanceof TransportException known) {
        throw known;
      }
      throw new TransportException(
          TransportProblem.PROCESS_REFUSED,
          "Could not start "
              + command.get(0)
              + " on "
              + name
              + ": "
              + e.getMessage()
              + ". Check that the program is installed here and can be executed.",
          e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isOpen() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    LocalProcess process;
    lock.lock();
    try {
      closed = true;
      process = current;
      current = null;
    } finally {
      lock.unlock();
    }
    if (process != null) {
      process.close();
    }
  }
}
