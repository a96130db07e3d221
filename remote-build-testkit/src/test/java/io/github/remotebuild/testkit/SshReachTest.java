package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.StderrSink;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshReachTest extends SshTestBed {
  @Test
  void a_port_where_nobody_listens_is_unreachable() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0)) {
      port = gone.getLocalPort();
    }
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            endpoint("127.0.0.1", port, Optional.of(identity), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.UNREACHABLE);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: nobody listens at 127.0.0.1 port %d (Connection"
                + " refused). Check that sshd runs there, and the port.",
            port);
  }

  @Test
  void an_unknown_name_is_unreachable() {
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            endpoint(
                "no-such-machine.invalid", 22, Optional.of(identity), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.UNREACHABLE);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: the name no-such-machine.invalid is unknown. Check"
                + " its spelling, and the name service of this computer.");
  }

  @Test
  void a_machine_that_says_nothing_times_out() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1",
                  silent.getLocalPort(),
                  Optional.of(identity),
                  Optional.of(text(HOST))),
              options(Duration.ofMillis(300), Duration.ofSeconds(60)));

      assertThat(failure.problem()).isEqualTo(TransportProblem.TIMED_OUT);
      assertThat(failure)
          .hasMessageContaining("took the connection but did not say a word within 300 ms.");
    }
  }

  @Test
  void a_machine_that_stalls_after_its_greeting_times_out() throws Exception {
    try (Saboteur stalling = Saboteur.before(sshd.port()).stallingAfter(30)) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", stalling.port(), Optional.of(identity), Optional.of(text(HOST))),
              options(Duration.ofSeconds(60), Duration.ofMillis(300)));

      assertThat(failure.problem()).isEqualTo(TransportProblem.TIMED_OUT);
      assertThat(failure)
          .hasMessageContaining("answered, but did not agree on keys with us within 300 ms.");
    }
  }

  @Test
  void a_machine_that_trickles_its_handshake_still_times_out() throws Exception {
    try (Saboteur trickling = Saboteur.before(sshd.port()).trickling(Duration.ofMillis(20))) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", trickling.port(), Optional.of(identity), Optional.of(text(HOST))),
              options(Duration.ofSeconds(60), Duration.ofMillis(500)));

      assertThat(failure.problem()).isEqualTo(TransportProblem.TIMED_OUT);
    }
  }

  @Test
  void a_machine_that_hangs_up_at_once_is_told_from_one_that_is_down() throws Exception {
    try (Saboteur hangingUp = Saboteur.before(sshd.port()).hangingUpAfter(0)) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", hangingUp.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOST);
      assertThat(failure)
          .hasMessageContaining("took the connection and hung up at once.")
          .hasMessageContaining("MaxStartups");
    }
  }

  @Test
  void a_machine_that_hangs_up_in_the_handshake_is_lost() throws Exception {
    try (Saboteur hangingUp = Saboteur.before(sshd.port()).hangingUpAfter(200)) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", hangingUp.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOST);
      assertThat(failure).hasMessageContaining("broke while we agreed on keys and logged in");
    }
  }

  @Test
  void a_machine_without_a_common_algorithm_is_not_compatible() throws Exception {
    try (ShellSshd old = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      old.server()
          .setCipherFactories(List.of(org.apache.sshd.common.cipher.BuiltinCiphers.tripledescbc));
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint("127.0.0.1", old.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.NOT_COMPATIBLE);
      assertThat(failure)
          .hasMessageContaining("in common. It offers 3des-cbc; we offer aes128-gcm@openssh.com,");
    }
  }

  @Test
  void a_machine_that_refuses_another_program_says_so() throws Exception {
    try (ShellSshd busy = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      busy.server().setChannelFactories(List.of());
      Duration ten = Duration.ofSeconds(10);
      try (Connection connection =
          SshTransport.withDefaults()
              .connect(
                  endpoint(
                      "127.0.0.1", busy.port(), Optional.of(identity), Optional.of(text(HOST))),
                  options(ten, ten))) {
        TransportException failure =
            catchThrowableOfType(
                TransportException.class,
                () -> connection.start(List.of("true"), StderrSink.discarding()).close());

        assertThat(failure.problem()).isEqualTo(TransportProblem.PROCESS_REFUSED);
        assertThat(failure)
            .hasMessageStartingWith(
                "Could not start true on builder-2: the machine refuses to run another program")
            .hasMessageContaining("MaxSessions");
        assertThat(connection.isOpen()).isTrue();
      }
    }
  }
}
