package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A client of the serve protocol that may say anything. */
final class RawClient implements AutoCloseable {
  private static final long CLIENT_MAGIC = 0x390c9debL;
  private static final long SERVER_MAGIC = 0x5452eecbL;

  private final Connection connection;
  private final RemoteProcess process;
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  final WireOutput out;
  final WireInput in;

  private RawClient(EmbeddedFarm farm, String machine, List<String> command) throws Exception {
    Duration patience = Duration.ofSeconds(20);
    connection =
        farm.transport()
            .connect(
                new Endpoint(
                    machine,
                    Optional.empty(),
                    machine,
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false),
                new ConnectOptions(patience, patience, patience, 3, Thread::new));
    StderrSink sink = stderr::write;
    process = connection.start(command, sink);
    out = new WireOutput(process.stdin());
    in = new WireInput(process.stdout(), "the answer");
  }

  static RawClient ungreeted(EmbeddedFarm farm, String machine) throws Exception {
    return new RawClient(farm, machine, List.of("nix-store", "--serve", "--write"));
  }

  static RawClient of(EmbeddedFarm farm, String machine, String... words) throws Exception {
    return greet(new RawClient(farm, machine, List.of(words)));
  }

  static RawClient of(EmbeddedFarm farm, String machine) throws Exception {
    return greet(ungreeted(farm, machine));
  }

  private static RawClient greet(RawClient client) throws IOException {
    client.out.writeLong(CLIENT_MAGIC);
    client.out.writeLong(0x207);
    client.out.flush();
    if (client.in.readLong("the magic") != SERVER_MAGIC) {
      throw new IOException("not a server");
    }
    client.in.readLong("the version");
    return client;
  }

  void say(long... numbers) throws IOException {
    for (long number : numbers) {
      out.writeLong(number);
    }
    out.flush();
  }

  /** Ends the input, and waits for the process to end. */
  int exitStatus() throws Exception {
    out.flush();
    process.stdin().close();
    return process.awaitExit(Duration.ofSeconds(20)).orElseThrow();
  }

  String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.close();
    connection.close();
  }
}
