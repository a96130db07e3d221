package io.github.remotebuild.transport;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Starts programs on this computer, without a shell and without ssh.
 *
 * <p>The address in the endpoint is not looked at. A program gets exactly the words it is given,
 * and by default the environment and working directory of this process. Closing a running program
 * ends it and the programs it has started: first politely (SIGTERM), a moment later for good.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class LocalTransport implements Transport {
  private final Optional<Map<String, String>> environment;
  private final Optional<Path> workingDirectory;

  private LocalTransport(Optional<Map<String, String>> environment, Optional<Path> directory) {
    this.environment = environment;
    this.workingDirectory = directory;
  }

  /** A transport whose programs inherit environment and working directory. */
  public static LocalTransport withDefaults() {
    return new LocalTransport(Optional.empty(), Optional.empty());
  }

  /** The same, with programs that see exactly these variables and no inherited ones. */
  public LocalTransport environment(Map<String, String> variables) {
    return new LocalTransport(Optional.of(Map.copyOf(variables)), workingDirectory);
  }

  /** The same, with programs that start in this directory. */
  public LocalTransport workingDirectory(Path directory) {
    return new LocalTransport(environment, Optional.of(requireNonNull(directory, "directory")));
  }

  @Override
  public Connection connect(Endpoint endpoint, ConnectOptions options) {
    requireNonNull(options, "options");
    return new LocalConnection(endpoint.name(), options.threads(), environment, workingDirectory);
  }
}
