package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.RemoteProcess;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ServeOpeningTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static StoreException failure(String stdout, String stderr, int exitStatus) {
    return failure(
        new Transcript.Player(
            new Transcript(new byte[0], bytes(stdout), bytes(stderr), exitStatus)));
  }

  private static StoreException failure(Connection connection) {
    return catchThrowableOfType(
        StoreException.class,
        () ->
            ServeSession.open(
                "builder",
                connection,
                ServeCommand.nixStore(),
                StderrSink.discarding(),
                SessionSettings.defaults()));
  }

  @Test
  void a_missing_program_is_told_by_status_127() {
    StoreException e = failure("", "", 127);

    assertThat(e.problem()).isEqualTo(StoreProblem.PROGRAM_MISSING);
    assertThat(e)
        .hasMessage(
            "Could not open a store session on builder: there is no program 'nix-store'; it wrote"
                + " nothing to its standard error; check that Nix is installed there and on the"
                + " path of a non-interactive login");
  }

  @Test
  void a_missing_program_is_told_by_what_the_shell_says() {
    for (String words :
        new String[] {
          "bash: line 1: nix-store: command not found\n",
          "nix-store: Command not found.\n",
          "sh: 1: nix-store: not found\n"
        }) {
      StoreException e = failure("", "motd\n" + words, 1);

      assertThat(e.problem()).isEqualTo(StoreProblem.PROGRAM_MISSING);
      assertThat(e.evidence()).containsExactly("motd", words.strip());
    }
  }

  @Test
  void a_store_process_that_refuses_to_start_says_why() {
    StoreException e =
        failure("", "\u001b[31;1merror:\u001b[0m cannot open the database\n   try again\n", 1);

    assertThat(e.problem()).isEqualTo(StoreProblem.REJECTED);
    assertThat(e)
        .hasMessage(
            "Could not open a store session on builder: the store process ended with status 1:"
                + " error: cannot open the database try again");
  }

  @Test
  void a_process_that_ends_silently_is_told_as_such() {
    StoreException e = failure("", "", 3);

    assertThat(e.problem()).isEqualTo(StoreProblem.ENDED);
    assertThat(e)
        .hasMessageEndingWith("ended with status 3; it wrote nothing to its standard error");
  }

  @Test
  void something_else_than_a_store_is_shown() {
    StoreException e = failure("This account is \u0007not available.\r\n", "", 1);

    assertThat(e.problem()).isEqualTo(StoreProblem.NOT_A_STORE);
    assertThat(e)
        .hasMessageContaining(
            "it printed: This account is  not available.; check that the account");
  }

  @Test
  void endless_noise_is_cut_off() {
    StoreException e = failure("noise ".repeat(20_000), "", 0);

    assertThat(e.problem()).isEqualTo(StoreProblem.NOT_A_STORE);
    assertThat(e)
        .hasMessageContaining("it sent 65536 bytes that are no greeting; it printed: noise noise")
        .hasMessageEndingWith("...; check that its shell start-up files print nothing");
  }

  @Test
  void an_old_store_is_refused_with_its_version() {
    StoreException e = failure("\u00cb\u00ee\u0052\u0054\0\0\0\0" + "\4\2\0\0\0\0\0\0", "", 0);

    assertThat(e.problem()).isEqualTo(StoreProblem.WRONG_VERSION);
    assertThat(e).hasMessageContaining("it speaks version 2.4 of the serve protocol");
  }

  @Test
  void noise_before_a_good_greeting_is_kept_for_the_caller() throws InterruptedException {
    byte[] response = bytes("Welcome!\n" + "\u00cb\u00ee\u0052\u0054\0\0\0\0" + "\7\2\0\0\0\0\0\0");
    Transcript transcript = new Transcript(new byte[0], response, new byte[0], 0);

    ServeSession session =
        ServeSession.open(
            "builder",
            new Transcript.Player(transcript),
            ServeCommand.nixStore(),
            StderrSink.discarding(),
            SessionSettings.defaults());

    assertThat(session.noise()).isEqualTo("Welcome!\n");
  }

  /** A connection that breaks when a process is started, or when it is read. */
  private static final class Breaking implements Connection, RemoteProcess {
    private final boolean isRefusing;
    private boolean isClosed;

    Breaking(boolean isRefusing) {
      this.isRefusing = isRefusing;
    }

    @Override
    public RemoteProcess start(List<String> command, StderrSink stderr) throws TransportException {
      if (isRefusing) {
        throw new TransportException(TransportProblem.PROCESS_REFUSED, "no more sessions");
      }
      return this;
    }

    @Override
    public OutputStream stdin() {
      return new ByteArrayOutputStream();
    }

    @Override
    public InputStream stdout() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          throw new TransportException(TransportProblem.LOST, "the connection is lost");
        }
      };
    }

    @Override
    public OptionalInt awaitExit(Duration timeout) {
      return OptionalInt.empty();
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
    public void close() {
      isClosed = true;
    }
  }

  @Test
  void a_process_that_cannot_be_started_keeps_the_problem_of_the_transport() {
    StoreException e = failure(new Breaking(true));

    assertThat(e.problem()).isEqualTo(StoreProblem.TRANSPORT);
    assertThat(e.transportProblem()).contains(TransportProblem.PROCESS_REFUSED);
    assertThat(e).hasMessage("Could not open a store session on builder: no more sessions");
  }

  @Test
  void a_program_missing_on_this_computer_is_told_as_such() {
    StoreException e =
        catchThrowableOfType(
            StoreException.class,
            () ->
                ServeSession.open(
                    "here",
                    new ProcessConnection(),
                    ServeCommand.nixStore().withProgram(List.of("/no/such/nix-store")),
                    StderrSink.discarding(),
                    SessionSettings.defaults()));

    assertThat(e.problem()).isEqualTo(StoreProblem.PROGRAM_MISSING);
  }

  @Test
  void a_lost_connection_keeps_the_problem_of_the_transport() {
    Breaking connection = new Breaking(false);

    StoreException e = failure(connection);

    assertThat(e.problem()).isEqualTo(StoreProblem.TRANSPORT);
    assertThat(e.transportProblem()).contains(TransportProblem.LOST);
    assertThat(e).hasMessageContaining("the connection is lost");
    assertThat(connection.isClosed).isTrue();
  }
}
