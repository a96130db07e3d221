package io.github.remotebuild.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program of this computer that is run to its end. Immutable; each method but {@link #run()}
 * returns a changed copy.
 *
 * @since 0.1
 */
public final class Tool {
  /** The most that is kept of an output. */
  private static final int OUTPUT_LIMIT = 64 << 20;

  private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(1);

  private final List<String> command;
  private final String input;
  private final Map<String, String> environment;
  private final Optional<Path> directory;
  private final Duration limit;

  private Tool(
      List<String> command,
      String input,
      Map<String, String> environment,
      Optional<Path> directory,
      Duration limit) {
    this.command = command;
    this.input = input;
    this.environment = environment;
    this.directory = directory;
    this.limit = limit;
  }

  /** A program and its arguments. */
  public static Tool of(String... command) {
    return of(List.of(command));
  }

  /** A program and its arguments. */
  public static Tool of(List<String> command) {
    return new Tool(List.copyOf(command), "", Map.of(), Optional.empty(), DEFAULT_LIMIT);
  }

  /** Gives it this to read; by default it reads nothing. */
  public Tool input(String text) {
    return new Tool(command, text, environment, directory, limit);
  }

  /** Sets a variable of its environment. */
  public Tool environment(String name, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(name, value);
    return new Tool(command, input, more, directory, limit);
  }

  /** Starts it in a directory. */
  public Tool in(Path chosen) {
    return new Tool(command, input, environment, Optional.of(chosen), limit);
  }

  /** Kills it when it takes longer; by default a minute. */
  public Tool within(Duration chosen) {
    return new Tool(command, input, environment, directory, chosen);
  }

  /**
   * What came of it.
   *
   * @param tool the program
   * @param status its exit status
   * @param out what it wrote to its standard output
   * @param err what it wrote to its standard error
   */
  public record Result(Tool tool, int status, String out, String err) {
    /** The same, unless the exit status is not 0. */
    public Result orThrow() {
      if (status != 0) {
        throw new AssertionError(tool.command + " ended with " + status + ":\n" + err + out);
      }
      return this;
    }
  }

  /** Runs it to its end. */
  public Result run() {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    directory.ifPresent(path -> builder.directory(path.toFile()));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not start " + command, e);
    }
    try {
      CompletableFuture<String> out = all(process.getInputStream());
      CompletableFuture<String> err = all(process.getErrorStream());
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // A program that does not read its input may have ended already.
      }
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        throw new AssertionError(command + " took more than " + limit);
      }
      return new Result(this, process.exitValue(), out.join(), err.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command, e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static CompletableFuture<String> all(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (stream) {
                text.complete(new String(stream.readNBytes(OUTPUT_LIMIT), StandardCharsets.UTF_8));
              } catch (IOException e) {
                text.completeExceptionally(e);
              }
            },
            "output of a tool");
    reader.setDaemon(true);
    reader.start();
    return text;
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }
}
