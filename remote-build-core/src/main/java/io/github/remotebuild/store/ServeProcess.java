package io.github.remotebuild.store;

import static java.util.stream.Collectors.joining;

import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireOutput;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A store process, its end, and the explanation of its failures. Safe for several threads. */
final class ServeProcess {
  private final String name;
  private final RemoteProcess process;
  private final GuardedOutput stdin;
  private final StderrTail stderr;
  private final SessionSettings settings;
  private final AtomicReference<@Nullable SessionEnd> end = new AtomicReference<>();
  private final ReentrantLock ending = new ReentrantLock();

  /** Set before anything is closed from this side, so that the effects are not called failures. */
  private volatile boolean isEnding;

  ServeProcess(String name, RemoteProcess process, StderrTail stderr, SessionSettings settings) {
    this.name = name;
    this.process = process;
    this.stdin = new GuardedOutput(process.stdin());
    this.stderr = stderr;
    this.settings = settings;
  }

  WireInput input() {
    return new WireInput(process.stdout(), "the answer of " + name);
  }

  WireOutput output() {
    return new WireOutput(stdin);
  }

  List<String> stderrLines() {
    return stderr.lines();
  }

  Optional<SessionEnd> end() {
    return Optional.ofNullable(end.get());
  }

  /** Closes the input, so that the process ends by itself; for a conversation out of step. */
  void hangUpInput() {
    try {
      stdin.tryClose(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the process in good order, within about {@code grace}. */
  SessionEnd finish(Duration grace) {
    isEnding = true;
    ending.lock();
    try {
      if (end.get() == null) {
        OptionalInt status = OptionalInt.empty();
        try {
          if (stdin.tryClose(grace.dividedBy(2))) {
            status = process.awaitExit(grace);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        process.close();
        recordEnd(new SessionEnd(status.isPresent(), status));
      }
    } finally {
      ending.unlock();
    }
    return end().orElseThrow();
  }

  /** Hangs up at once. */
  void abort() {
    isEnding = true;
    process.close();
    recordEnd(new SessionEnd(false, OptionalInt.empty()));
  }

  private void recordEnd(SessionEnd how) {
    end.compareAndSet(null, how);
  }

  /**
   * Explains a failure of the conversation.
   *
   * @param attempt what was tried, as a verb phrase
   * @param cause how it failed
   */
  StoreException explain(String attempt, Exception cause) {
    String prefix = "Could not " + attempt + " on " + name + ": ";
    if (isEnding) {
      return exception(StoreProblem.ABORTED, prefix + "the session was ended", cause);
    }
    if (cause instanceof InterruptedIOException) {
      Thread.currentThread().interrupt();
      return exception(StoreProblem.ABORTED, prefix + "interrupted", cause);
    }
    if (cause instanceof FormatException format) {
      return exception(
          StoreProblem.PROTOCOL,
          prefix
              + "it sent what the serve protocol does not allow ("
              + format.getMessage()
              + "); check that it runs Nix 2.1 or later and that nothing else writes to its"
              + " standard output",
          cause);
    }
    OptionalInt status = awaitLastWords();
    if (isEnding) {
      return exception(StoreProblem.ABORTED, prefix + "the session was ended", cause);
    }
    List<String> lines = stderr.lines();
    Optional<String> error = lastError(lines);
    if (status.isPresent()) {
      String ended = "the store process ended with status " + status.getAsInt();
      if (error.isPresent() && status.getAsInt() == 1) {
        return exception(StoreProblem.REJECTED, prefix + ended + ": " + error.get(), cause);
      }
      return exception(StoreProblem.ENDED, prefix + ended + lastWords(lines), cause);
    }
    Optional<TransportException> transport = transportFailure(cause);
    if (transport.isPresent()) {
      return exception(
          StoreProblem.TRANSPORT,
          prefix + withoutFullStop(transport.get().getMessage()) + lastWords(lines),
          cause);
    }
    return exception(
        StoreProblem.ENDED,
        prefix + "the connection to the store process broke off" + lastWords(lines),
        cause);
  }

  private static Optional<TransportException> transportFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TransportException transport) {
        return Optional.of(transport);
      }
    }
    return Optional.empty();
  }

  /** The exit status, once everything the process had to say is there. */
  OptionalInt awaitLastWords() {
    try {
      return process.awaitExit(settings.evidenceGrace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  StoreException exception(StoreProblem problem, String message, Throwable cause) {
    return new StoreException(problem, name, message, stderr.lines(), cause);
  }

  /** A sentence of the transport, to be gone on with. */
  private static String withoutFullStop(@Nullable String sentence) {
    String text = String.valueOf(sentence);
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  static String lastWords(List<String> lines) {
    return lines.isEmpty()
        ? "; it wrote nothing to its standard error"
        : "; its last words were: " + lines.get(lines.size() - 1);
  }

  /** The line in which Nix says why it ends. */
  private static Optional<String> lastError(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).startsWith("error:")) {
        return Optional.of(
            lines.subList(i, lines.size()).stream().map(String::strip).collect(joining(" ")));
      }
    }
    return Optional.empty();
  }
}
