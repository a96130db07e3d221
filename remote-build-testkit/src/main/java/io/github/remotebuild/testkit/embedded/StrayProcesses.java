package io.github.remotebuild.testkit.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Processes that outlived the program that started them. Each has the directory of its build in its
 * environment, so they are found without process groups, for which {@code sh} alone does not
 * suffice. On Linux only; elsewhere none are found.
 */
final class StrayProcesses {
  private static final int ROUNDS = 50;

  private StrayProcesses() {}

  /** The processes whose environment names {@code directory} as the top of their build. */
  static List<ProcessHandle> of(Path directory) {
    return marked("\0NIX_BUILD_TOP=" + directory + "\0");
  }

  /** The processes of builds whose top is a directory in {@code parent}. */
  static List<ProcessHandle> below(Path parent) {
    return marked("\0NIX_BUILD_TOP=" + parent + "/");
  }

  private static List<ProcessHandle> marked(String mark) {
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process.pid()).filter(e -> e.contains(mark)).isPresent())
        .toList();
  }

  private static Optional<String> environment(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
      return Optional.of("\0" + new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended, or belongs to somebody else.
      return Optional.empty();
    }
  }

  /** Kills them until none is left; they may be busy making more. */
  static void kill(Path directory) {
    List<ProcessHandle> left = of(directory);
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      left.forEach(ProcessHandle::destroyForcibly);
      left = of(directory);
    }
  }
}
