package io.github.remotebuild.store;

import io.github.remotebuild.internal.text.AnsiEscapes;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import io.github.remotebuild.wire.GreetingException;
import io.github.remotebuild.wire.ServeGreeting;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireOutput;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** Starts a store process, greets it, and explains why that did not work. */
final class ServeOpening {
  /** What a shell returns for a program that it does not find. */
  private static final int NOT_FOUND_STATUS = 127;

  private static final int SHOWN_NOISE_CHARS = 200;

  private final String name;
  private final ServeCommand command;
  private final SessionSettings settings;

  ServeOpening(String name, ServeCommand command, SessionSettings settings) {
    this.name = name;
    this.command = command;
    this.settings = settings;
  }

  ServeSession open(Connection connection, StderrSink stderr) throws InterruptedException {
    StderrTail tail = new StderrTail(stderr);
    RemoteProcess remote;
    try {
      remote = connection.start(command.words(), tail);
    } catch (TransportException e) {
      StoreProblem problem =
          isNoSuchFile(e) ? StoreProblem.PROGRAM_MISSING : StoreProblem.TRANSPORT;
      throw new StoreException(problem, name, prefix() + e.getMessage(), tail.lines(), e);
    }
    ServeProcess process = new ServeProcess(name, remote, tail, settings);
    boolean isOpen = false;
    try {
      WireInput in = process.input();
      WireOutput out = process.output();
      ServeGreeting greeting = ServeGreeting.exchange(in, out, settings.limits());
      isOpen = true;
      return new ServeSession(name, settings, process, greeting, in, out);
    } catch (GreetingException e) {
      throw explain(process, e);
    } catch (IOException | FormatException e) {
      throw explainEnd(process, "", e);
    } finally {
      if (!isOpen) {
        process.abort();
      }
    }
  }

  private String prefix() {
    return "Could not open a store session on " + name + ": ";
  }

  private StoreException explain(ServeProcess process, GreetingException e) {
    return switch (e.reason()) {
      case ENDED -> explainEnd(process, e.noise(), e);
      case NOISE ->
          process.exception(
              StoreProblem.NOT_A_STORE,
              prefix()
                  + e.getMessage()
                  + shown(e.noise())
                  + "; check that its shell start-up files print nothing",
              e);
      case WRONG_VERSION ->
          process.exception(StoreProblem.WRONG_VERSION, prefix() + e.getMessage(), e);
    };
  }

  private StoreException explainEnd(ServeProcess process, String noise, Exception e) {
    OptionalInt status = process.awaitLastWords();
    List<String> lines = process.stderrLines();
    if (isMissing(status, lines)) {
      return process.exception(
          StoreProblem.PROGRAM_MISSING,
          prefix()
              + "there is no program '"
              + command.program().get(0)
              + "'"
              + ServeProcess.lastWords(lines)
              + "; check that Nix is installed there and on the path of a non-interactive login",
          e);
    }
    if (!noise.isBlank()) {
      return process.exception(
          StoreProblem.NOT_A_STORE,
          prefix()
              + "it ended without a greeting"
              + shown(noise)
              + "; check that the account may run commands",
          e);
    }
    return process.explain("open a store session", e);
  }

  private static boolean isMissing(OptionalInt status, List<String> lines) {
    if (status.isPresent() && status.getAsInt() == NOT_FOUND_STATUS) {
      return true;
    }
    // Shells other than POSIX ones return another status, and ssh servers may return none.
    return lines.stream()
        .anyMatch(
            line ->
                line.contains("command not found")
                    || line.contains("Command not found")
                    || line.endsWith(": not found"));
  }

  /** How a process of this computer fails for want of its program: no shell is there to say it. */
  private static boolean isNoSuchFile(TransportException e) {
    return e.problem() == TransportProblem.PROCESS_REFUSED
        && e.getCause() != null
        && String.valueOf(e.getCause().getMessage()).contains("No such file or directory");
  }

  private static String shown(String noise) {
    String plain = AnsiEscapes.strip(noise).strip();
    String cut =
        plain.length() > SHOWN_NOISE_CHARS ? plain.substring(0, SHOWN_NOISE_CHARS) + "..." : plain;
    return "; it printed: " + cut.replaceAll("\\p{Cntrl}+", " ");
  }
}
