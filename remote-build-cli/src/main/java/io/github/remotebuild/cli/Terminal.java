package io.github.remotebuild.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Standard error of this process, as a terminal. Java 17 knows neither that nor its size. */
final class Terminal {
  private static final long ANSWER_SECONDS = 2;

  private Terminal() {}

  /** Whether standard error is a terminal that understands escapes. */
  static boolean isThere(Map<String, String> environment) {
    return !environment.getOrDefault("TERM", "dumb").equals("dumb") && ask("test -t 2").isPresent();
  }

  /** Whether people want colours ({@code NO_COLOR}, see no-color.org). */
  static boolean isColourful(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Its size now. */
  static TerminalSize size(Map<String, String> environment) {
    return ask("stty size <&2")
        .flatMap(TerminalSize::parse)
        .orElseGet(() -> TerminalSize.USUAL.withColumns(environment.getOrDefault("COLUMNS", "")));
  }

  /** What a live view needs of it. */
  static LiveTerminal live(PrintWriter err, Glyphs glyphs) {
    Map<String, String> environment = System.getenv();
    return new LiveTerminal(
        err, () -> size(environment), Clock.systemUTC(), glyphs, isColourful(environment));
  }

  /** Its encoding: what Java says it is, or else that of the computer. */
  static Charset charset() {
    String name = System.getProperty("stderr.encoding", System.getProperty("native.encoding", ""));
    try {
      return name.isEmpty() ? StandardCharsets.US_ASCII : Charset.forName(name);
    } catch (IllegalArgumentException e) {
      return StandardCharsets.US_ASCII;
    }
  }

  /** What the command prints, if it is content; it inherits standard error. */
  private static Optional<String> ask(String command) {
    try {
      Process process =
          new ProcessBuilder("/bin/sh", "-c", command).redirectError(Redirect.INHERIT).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
      if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return process.exitValue() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
