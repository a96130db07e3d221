package io.github.remotebuild.testkit;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A computer that has what it was given. */
final class FakeComputer implements Computer {
  private final Map<String, String> variables = new HashMap<>();
  private final Set<Path> programs = new HashSet<>();
  private final Set<Path> directories = new HashSet<>();
  private final Map<Path, String> texts = new HashMap<>();
  private String system = "Linux amd64";
  private Path directory = Path.of("/home/me/project/module");

  /** One on which everything is there for root to start a farm. */
  static FakeComputer complete() {
    FakeComputer computer =
        new FakeComputer()
            .variable("PATH", "/usr/bin::/usr/sbin")
            .status("0", "000001fffeffffff")
            .withProgram("/home/me/project/.ci/real-peers")
            .withDirectory("/nix")
            .withDirectory("/var/cache/remote-build-peers/trixie-amd64")
            .text("/etc/nix/nix.conf", "# written by real-peers\nsandbox = false\n");
    for (String user :
        "nix-store nix-instantiate ssh ssh-keygen bash ss unshare nsenter mount hostname flock dpkg"
            .split(" ", -1)) {
      computer.withProgram("/usr/bin/" + user);
    }
    return computer
        .withProgram("/usr/sbin/sshd")
        .withProgram("/usr/sbin/ip")
        .withProgram("/usr/sbin/debootstrap");
  }

  FakeComputer system(String other) {
    system = other;
    return this;
  }

  /** Where the tests run. */
  FakeComputer in(Path other) {
    directory = other;
    return this;
  }

  FakeComputer variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** What the kernel says of the process: its effective user and capabilities. */
  FakeComputer status(String user, String capabilities) {
    return text(
        "/proc/self/status",
        "Name:\tjava\nUid:\t7\t%s\t7\t7\nCapEff:\t%s\n".formatted(user, capabilities));
  }

  FakeComputer withProgram(String file) {
    programs.add(Path.of(file));
    return this;
  }

  FakeComputer withDirectory(String file) {
    directories.add(Path.of(file));
    return this;
  }

  FakeComputer text(String file, String text) {
    texts.put(Path.of(file), text);
    return this;
  }

  /** Takes away a file, or a directory. */
  FakeComputer without(String... files) {
    for (String file : files) {
      Path path = Path.of(file);
      if (!programs.remove(path) & !directories.remove(path) & texts.remove(path) == null) {
        throw new IllegalArgumentException("there was no " + file);
      }
    }
    return this;
  }

  @Override
  public String system() {
    return system;
  }

  @Override
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public boolean isProgram(Path file) {
    return programs.contains(file);
  }

  @Override
  public boolean isDirectory(Path file) {
    return directories.contains(file);
  }

  @Override
  public Optional<String> text(Path file) {
    return Optional.ofNullable(texts.get(file));
  }
}
