package io.github.remotebuild.testkit.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.remotebuild.testkit.fault.Fault;
import io.github.remotebuild.transport.BytePipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A program that was started on a machine over one of its connections. */
final class StoreProgram {
  private static final int PIPE_BYTES = 64 * 1024;
  private static final int NOT_FOUND = 127;

  /** What a shell says of a program that was ended by signal 9. */
  private static final int KILLED = 137;

  private final Link link;
  private final List<String> command;
  private final InputStream in;
  private final ProgramOutput out;
  private final ProgramOutput err;
  private final IntConsumer exit;
  private final BytePipe stdin = BytePipe.ofCapacity(PIPE_BYTES);
  private final Thread thread;
  private volatile boolean isKilled;
  private volatile boolean isTerminated;
  private volatile boolean isReachingStart;
  private volatile @Nullable ServeServer server;

  /**
   * Prepares a program.
   *
   * @param exit hears the status, after the last byte was written
   */
  StoreProgram(
      Link link,
      List<String> command,
      InputStream in,
      OutputStream out,
      OutputStream err,
      IntConsumer exit) {
    this.link = link;
    this.command = List.copyOf(command);
    this.in = link.toMachine(in);
    this.out = new ProgramOutput(link.fromMachine(out));
    this.err = new ProgramOutput(err);
    this.exit = exit;
    this.thread = link.machine().threads().newThread(this::run);
  }

  /** Starts it; whoever does this has reached {@link Step#START}. */
  void start() {
    link.add(this);
    thread.start();
  }

  /** Starts it, and lets it reach {@link Step#START} by itself. */
  void startByItself() {
    isReachingStart = true;
    start();
  }

  /** Ends it as a signal does: without a word. */
  void terminate() {
    isTerminated = true;
    out.silence();
    err.silence();
    kill();
  }

  /** Ends it, because nobody is there any more. */
  void kill() {
    isKilled = true;
    stdin.fail(new IOException("the connection is over"));
    ServeServer running = server;
    if (running != null) {
      running.inputEnded();
    }
    thread.interrupt();
  }

  private void run() {
    int status = 1;
    try {
      if (isReachingStart) {
        link.reach(Step.START);
      }
      link.tell(new MachineEvent.Started(command));
      status = execute();
      out.flush();
    } catch (IOException | EmbeddedStoreException | InterruptedException e) {
      link.tell(new MachineEvent.BrokeOff(String.valueOf(e.getMessage())));
    } finally {
      // An interrupt that came late must not keep the last bytes from being delivered.
      Thread.interrupted();
      stdin.close("the program has ended");
      int told = isTerminated ? KILLED : status;
      link.tell(new MachineEvent.Exited(told));
      link.remove(this);
      exit.accept(told);
    }
  }

  private int execute() throws IOException {
    Optional<Fault.Noise> noise = link.strikes(Fault.Noise.class);
    if (noise.isPresent()) {
      out.write(noise.get().text().getBytes(UTF_8));
    }
    String program = command.isEmpty() ? "" : command.get(0);
    boolean isThere = program.equals("nix-store") || program.endsWith("/nix-store");
    if (!isThere || link.strikes(Fault.MissingProgram.class).isPresent()) {
      say("sh: 1: " + program + ": not found");
      return NOT_FOUND;
    }
    if (!command.contains("--serve")) {
      say("error: an embedded machine only understands 'nix-store --serve'");
      return 1;
    }
    ServeServer.Access access =
        command.contains("--write") ? ServeServer.Access.WRITABLE : ServeServer.Access.READ_ONLY;
    ServeServer conversation = link.machine().serve(access, host(), stdin.reader(), out, err);
    server = conversation;
    link.machine().threads().newThread(() -> pump(conversation)).start();
    if (isKilled) {
      conversation.inputEnded();
    }
    return conversation.converse();
  }

  private ServeServer.Host host() {
    return new ServeServer.Host() {
      @Override
      public void tell(MachineEvent event) {
        link.tell(event);
      }

      @Override
      public int version() {
        return link.strikes(Fault.Version.class)
            .map(version -> version.major() << 8 | version.minor())
            .orElse(link.machine().serveVersion());
      }

      @Override
      public void reach(Step step) throws IOException, InterruptedException {
        try {
          link.reach(step);
        } catch (IOException e) {
          // Whoever breaks off wants no last words.
          terminate();
          throw e;
        }
      }
    };
  }

  private void say(String line) throws IOException {
    err.write((line + "\n").getBytes(UTF_8));
    err.flush();
  }

  /** Reads ahead, so that the end of the input is seen during a build, too. */
  private void pump(ServeServer conversation) {
    byte[] buffer = new byte[PIPE_BYTES];
    try (OutputStream to = stdin.writer()) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        to.write(buffer, 0, got);
      }
    } catch (IOException e) {
      stdin.fail(e);
    }
    conversation.inputEnded();
  }
}
