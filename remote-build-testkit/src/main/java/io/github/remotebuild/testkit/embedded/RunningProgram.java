package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.BuildStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A builder that is a program, started by a script that {@link BuilderScript} has written. */
final class RunningProgram implements RunningBuilder {
  private static final long PATIENCE_SECONDS = 10;

  private final String derivation;
  private final Path directory;
  private final BuildStatus statusOnFailure;
  private final BuildLogSink log;
  private final Process process;
  private final Thread reader;
  private CompletableFuture<Void> ended = new CompletableFuture<>();

  private RunningProgram(
      String derivation,
      Path directory,
      BuildStatus statusOnFailure,
      BuildLogSink log,
      Process process,
      ThreadFactory threads) {
    this.derivation = derivation;
    this.directory = directory;
    this.statusOnFailure = statusOnFailure;
    this.log = log;
    this.process = process;
    this.reader = threads.newThread(this::readLog);
  }

  /**
   * Starts a builder.
   *
   * @param directory its own directory, by which its processes are known
   */
  static RunningProgram start(
      String derivation,
      Path script,
      Path directory,
      BuildStatus statusOnFailure,
      BuildLogSink log,
      BuildWatch watch,
      ThreadFactory threads)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(List.of("/bin/sh", script.toString()));
    builder.environment().clear();
    builder.redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.start();
    RunningProgram running =
        new RunningProgram(derivation, directory, statusOnFailure, log, process, threads);
    running.reader.start();
    running.ended = process.onExit().thenRun(watch::finished);
    return running;
  }

  private void readLog() {
    byte[] buffer = new byte[16 * 1024];
    try (InputStream in = process.getInputStream()) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        log.write(buffer, 0, got);
      }
    } catch (IOException e) {
      // The process was killed under the read; its log ends here.
      return;
    }
  }

  @Override
  public void stop() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
    StrayProcesses.kill(directory);
    try {
      ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the builder of " + derivation + " cannot be killed", e);
    }
  }

  @Override
  public void checkSuccess() throws BuildFailedException {
    int status = process.exitValue();
    if (status == 0) {
      return;
    }
    String how =
        status > 128 ? "failed due to signal " + (status - 128) : "failed with exit code " + status;
    throw new BuildFailedException(statusOnFailure, "builder for '" + derivation + "' " + how);
  }
}
