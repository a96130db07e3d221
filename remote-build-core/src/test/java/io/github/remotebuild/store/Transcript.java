package io.github.remotebuild.store;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** What went to a store process and what came back, to be written down and played again. */
record Transcript(byte[] request, byte[] response, byte[] stderr, int exitStatus) {
  static Transcript load(String folder, String name) {
    return new Transcript(
        resource(folder, name + ".request"),
        resource(folder, name + ".response"),
        resource(folder, name + ".stderr"),
        Integer.parseInt(
            new String(resource(folder, name + ".exit"), StandardCharsets.UTF_8).strip()));
  }

  private static byte[] resource(String folder, String file) {
    try (InputStream in =
        Transcript.class.getResourceAsStream("/golden/serve/" + folder + "/" + file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void save(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(name + ".request"), request);
    Files.write(folder.resolve(name + ".response"), response);
    Files.write(folder.resolve(name + ".stderr"), stderr);
    Files.writeString(folder.resolve(name + ".exit"), exitStatus + "\n");
  }

  Transcript cutAt(int responseBytes) {
    return new Transcript(
        request, java.util.Arrays.copyOf(response, responseBytes), stderr, exitStatus);
  }

  /** Answers as the store process did, byte by byte, whatever is asked. */
  static final class Player implements Connection, RemoteProcess {
    private final Transcript transcript;
    private final InputStream stdout;
    final ByteArrayOutputStream asked = new ByteArrayOutputStream();

    Player(Transcript transcript) {
      this.transcript = transcript;
      this.stdout =
          new FilterInputStream(new ByteArrayInputStream(transcript.response)) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
              return in.read(bytes, offset, Math.min(length, 1));
            }

            @Override
            public int available() {
              return 0;
            }
          };
    }

    @Override
    public RemoteProcess start(List<String> command, StderrSink stderr) {
      stderr.accept(transcript.stderr, 0, transcript.stderr.length);
      stderr.end();
      return this;
    }

    @Override
    public OutputStream stdin() {
      return asked;
    }

    @Override
    public InputStream stdout() {
      return stdout;
    }

    @Override
    public OptionalInt awaitExit(Duration timeout) {
      return OptionalInt.of(transcript.exitStatus);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isEnded() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Writes down what passes. */
  static final class Recorder implements Connection {
    private final Connection connection;
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private final ByteArrayOutputStream response = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    Recorder(Connection connection) {
      this.connection = connection;
    }

    Transcript transcript(int exitStatus) {
      return new Transcript(
          request.toByteArray(), response.toByteArray(), stderr.toByteArray(), exitStatus);
    }

    @Override
    public RemoteProcess start(List<String> command, StderrSink sink)
        throws TransportException, InterruptedException {
      RemoteProcess process =
          connection.start(
              command,
              (buffer, offset, length) -> {
                stderr.write(buffer, offset, length);
                sink.accept(buffer, offset, length);
              });
      OutputStream stdin =
          new FilterOutputStream(process.stdin()) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              request.write(bytes, offset, length);
              out.write(bytes, offset, length);
            }
          };
      InputStream stdout =
          new FilterInputStream(process.stdout()) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
              int got = in.read(bytes, offset, length);
              response.write(bytes, offset, Math.max(got, 0));
              return got;
            }
          };
      return new RemoteProcess() {
        @Override
        public OutputStream stdin() {
          return stdin;
        }

        @Override
        public InputStream stdout() {
          return stdout;
        }

        @Override
        public OptionalInt awaitExit(Duration timeout) throws InterruptedException {
          return process.awaitExit(timeout);
        }

        @Override
        public boolean isEnded() {
          return process.isEnded();
        }

        @Override
        public void close() {
          process.close();
        }
      };
    }

    @Override
    public boolean isOpen() {
      return connection.isOpen();
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
