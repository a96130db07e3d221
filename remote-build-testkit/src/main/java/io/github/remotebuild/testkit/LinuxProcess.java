package io.github.remotebuild.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks at processes of this computer through {@code /proc}.
 *
 * @since 0.1
 */
public final class LinuxProcess {
  private static final Path PROC = Path.of("/proc");

  private LinuxProcess() {}

  /** The words of a process with blanks between, or empty if it is gone or dead. */
  public static Optional<String> commandLine(long pid) {
    return read(PROC.resolve(Long.toString(pid)).resolve("cmdline"))
        .map(text -> text.replace('\0', ' ').strip())
        .filter(text -> !text.isEmpty());
  }

  /** The command lines of all processes that have these words in them. */
  public static List<String> withWords(String words) {
    return pids().flatMap(pid -> commandLine(pid).stream()).filter(l -> l.contains(words)).toList();
  }

  /** The command lines of all processes that have this text in their environment. */
  public static List<String> withEnvironment(String text) {
    return pids()
        .filter(
            pid ->
                read(PROC.resolve(Long.toString(pid)).resolve("environ"))
                    .filter(environment -> environment.contains(text))
                    .isPresent())
        .flatMap(pid -> commandLine(pid).stream())
        .toList();
  }

  private static Stream<Long> pids() {
    try (Stream<Path> all = Files.list(PROC)) {
      return all
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(Long::valueOf)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new IllegalStateException("Could not list " + PROC, e);
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // The process has ended meanwhile.
      return Optional.empty();
    }
  }
}
