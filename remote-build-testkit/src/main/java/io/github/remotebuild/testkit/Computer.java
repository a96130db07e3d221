package io.github.remotebuild.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What {@link PeerSearch} looks at. */
interface Computer {
  /** The kind of operating system and of processor, such as {@code Linux amd64}. */
  String system();

  /** A variable of the environment; one that is empty is not there. */
  Optional<String> variable(String name);

  /** Where the tests run: the directory of a module. */
  Path directory();

  /** Whether this is a program that may be run. */
  boolean isProgram(Path file);

  /** A program on the path. */
  default Optional<Path> program(String name) {
    return Stream.of(variable("PATH").orElse("").split(":", -1))
        .filter(Predicate.not(String::isEmpty))
        .map(each -> Path.of(each, name))
        .filter(this::isProgram)
        .findFirst();
  }

  /** Whether this is a directory. */
  boolean isDirectory(Path file);

  /** The text of a small file; empty if it cannot be read. */
  Optional<String> text(Path file);

  /** This one. */
  static Computer here() {
    return new Computer() {
      @Override
      public String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
      }

      @Override
      public Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
      }

      @Override
      public Path directory() {
        return Path.of("").toAbsolutePath();
      }

      @Override
      public boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
      }

      @Override
      public boolean isDirectory(Path file) {
        return Files.isDirectory(file);
      }

      @Override
      public Optional<String> text(Path file) {
        try {
          return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          return Optional.empty();
        }
      }
    };
  }
}
