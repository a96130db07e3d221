package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshHostKeyTest extends SshTestBed {
  @Test
  void an_unknown_host_key_is_named_with_its_fingerprint_and_what_to_do() throws Exception {
    Path empty = knownHosts();
    Path missing = directory.resolve("missing");

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(empty).knownHosts(missing),
            here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_UNKNOWN);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: no host key is known for [127.0.0.1]:%d (%s has none,"
                + " %s does not exist). It shows ecdsa-sha2-nistp256 %s. If that is really its"
                + " key, add the line '[127.0.0.1]:%d %s' to %s, or give its public host key with"
                + " the machine.",
            sshd.port(), empty, missing, fingerprint(HOST), sshd.port(), text(HOST), empty);
  }

  @Test
  void the_line_an_unknown_host_key_message_proposes_works() throws Exception {
    Path file = knownHosts("[127.0.0.1]:" + sshd.port() + " " + text(HOST));
    connects(
        SshTransport.withDefaults().knownHosts(file),
        here(Optional.of(identity), Optional.empty()));
  }

  @Test
  void without_any_known_hosts_file_an_unknown_host_key_says_so() {
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_UNKNOWN);
    assertThat(failure)
        .hasMessageContaining("(none is given with the machine, and there is no known hosts file)")
        .hasMessageEndingWith("give its public host key with the machine.");
  }

  @Test
  void another_key_than_the_pinned_one_is_a_change_and_both_are_named() {
    TransportException failure =
        failure(
            SshTransport.withDefaults(), here(Optional.of(identity), Optional.of(text(STRANGER))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: its host key is not the one we know. It shows"
                + " ecdsa-sha2-nistp256 %s; expected ecdsa-sha2-nistp256 %s (given with the"
                + " machine). Either the machine was set up anew, or something else answers in its"
                + " place. Ask whoever runs it for the fingerprint, and only then replace the old"
                + " key.",
            fingerprint(HOST), fingerprint(STRANGER));
  }

  @Test
  void another_key_than_the_known_one_is_a_change_and_the_line_is_named() throws Exception {
    Path file = knownHosts("# a comment", "[127.0.0.1]:" + sshd.port() + " " + text(STRANGER));

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(file),
            here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
    assertThat(failure).hasMessageContaining(fingerprint(STRANGER) + " (" + file + ":2)");
  }

  @Test
  void a_pinned_key_wins_over_known_hosts() throws Exception {
    Path file = knownHosts("[127.0.0.1]:" + sshd.port() + " " + text(HOST));

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(file),
            here(Optional.of(identity), Optional.of(text(STRANGER))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
  }

  @Test
  void the_machine_is_asked_for_the_type_of_key_that_is_known() throws Exception {
    connects(SshTransport.withDefaults(), here(Optional.of(identity), Optional.of(text(HOST_RSA))));
    connects(SshTransport.withDefaults(), here(Optional.of(identity), Optional.of(text(HOST))));
  }

  @Test
  void a_host_key_of_another_type_than_all_known_ones_is_a_change() throws Exception {
    try (ShellSshd onlyRsa = ShellSshd.start(List.of(HOST_RSA), List.of(USER.getPublic()))) {
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint(
                  "127.0.0.1", onlyRsa.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
      assertThat(failure).hasMessageContaining("It shows ssh-rsa " + fingerprint(HOST_RSA));
    }
  }

  @Test
  void a_revoked_host_key_is_refused_though_another_line_allows_it() throws Exception {
    Path file = knownHosts("* " + text(HOST), "@revoked * " + text(HOST));

    TransportException failure =
        failure(
            SshTransport.withDefaults().knownHosts(file),
            here(Optional.of(identity), Optional.empty()));

    assertThat(failure.problem()).isEqualTo(TransportProblem.HOST_KEY_CHANGED);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: it shows the host key ecdsa-sha2-nistp256 %s (%s:2),"
                + " which is marked as revoked there.",
            fingerprint(HOST), file);
  }

  @Test
  void a_public_host_key_that_is_none_is_a_mistake_of_ours() {
    TransportException failure =
        failure(
            SshTransport.withDefaults(),
            here(Optional.of(identity), Optional.of("ssh-ed25519 AAAA")));

    assertThat(failure.problem()).isEqualTo(TransportProblem.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("the public host key given for it is no public key");
  }
}
