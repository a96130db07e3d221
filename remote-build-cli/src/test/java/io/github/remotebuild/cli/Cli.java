package io.github.remotebuild.cli;

import io.github.remotebuild.testkit.Tool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code remote-build}. */
final class Cli {
  private Cli() {}

  /** What a run left. */
  record Run(int status, String out, String err) {
    /** The paths it printed. */
    List<String> paths() {
      return out.lines().toList();
    }
  }

  /** Runs it in this process. */
  static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Run(status, out.toString(), err.toString());
  }

  /** Runs {@code build} in this process. */
  static Run build(Path machines, String... more) {
    return run(words(machines, more).toArray(String[]::new));
  }

  private static List<String> words(Path machines, String... more) {
    List<String> words = new ArrayList<>(List.of("build", "--machines", machines.toString()));
    words.addAll(List.of(more));
    return words;
  }

  /** The program as a process of its own that runs {@code build}. */
  static Tool process(List<String> jvmOptions, Path machines, String... more) {
    return Tool.of(command(jvmOptions, machines, more));
  }

  /** The words that start the program as a process of its own. */
  static List<String> command(List<String> jvmOptions, Path machines, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(words(machines, more));
    return command;
  }

  /** Writes a machines file. */
  static Path file(Path directory, String text) {
    try {
      return Files.writeString(Files.createTempFile(directory, "machines", ""), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
