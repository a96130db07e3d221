package io.github.remotebuild.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Standard error of this process, as a terminal. Java 17 knows neither that nor its size. */
final class Terminal {
  private static final long ANSWER_SECONDS = 2;

  /**
   * Variables of terminals that do as tmux does: VTE, kitty, Konsole, Windows Terminal, Alacritty,
   * iTerm.
   */
  private static final List<String> REFLOWING =
      List.of(
          "VTE_VERSION",
          "KITTY_WINDOW_ID",
          "KONSOLE_VERSION",
          "WT_SESSION",
          "ALACRITTY_WINDOW_ID",
          "ITERM_SESSION_ID");

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

  /**
   * Whether it is one that breaks its lines anew when it becomes narrower, as far as the
   * environment tells. A wrong no leaves a part of a frame behind after that; a wrong yes takes
   * away some of what is above the frame.
   */
  static boolean isReflowing(Map<String, String> environment) {
    if (environment.containsKey("TMUX")) {
      return true;
    }
    // These do not, and may have been started from one that does.
    if (environment.containsKey("STY") || environment.containsKey("XTERM_VERSION")) {
      return false;
    }
    return REFLOWING.stream().anyMatch(environment::containsKey);
  }

  /** What a live view needs of it. */
  static LiveTerminal live(PrintWriter err, Glyphs glyphs) {
    Map<String, String> environment = System.getenv();
    Clock clock = Clock.systemUTC();
    Optional<BooleanSupplier> resizes = ResizeSignal.listen();
    return new LiveTerminal(
        err,
        new TerminalGauge(() -> size(environment), resizes, clock),
        isReflowing(environment),
        clock,
        glyphs,
        isColourful(environment));
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
