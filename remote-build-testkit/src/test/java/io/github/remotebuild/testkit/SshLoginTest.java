package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SshLoginTest extends SshTestBed {
  @Test
  void a_rejected_login_names_the_user_the_methods_and_the_keys() throws Exception {
    Path wrong = ShellSshd.write(STRANGER, directory.resolve("id_stranger"));

    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(wrong), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: 127.0.0.1 port %d does not let builder log in with any"
                + " key we have. It offers keyboard-interactive, publickey; we tried %s"
                + " (ecdsa-sha2-nistp256 %s). Check the user name, and that one of our keys is in"
                + " the authorized_keys of that user.",
            sshd.port(), wrong, fingerprint(STRANGER));
  }

  @Test
  void a_machine_that_takes_no_keys_is_told_from_one_that_knows_none_of_ours() throws Exception {
    try (ShellSshd noKeys = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      noKeys
          .server()
          .setUserAuthFactories(
              List.of(org.apache.sshd.server.auth.password.UserAuthPasswordFactory.INSTANCE));
      noKeys.server().setPasswordAuthenticator((user, password, session) -> false);
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint("127.0.0.1", noKeys.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
      assertThat(failure)
          .hasMessageContaining(
              "It offers password; we tried no key (logging in by key is not offered, and we know"
                  + " no other way)");
    }
  }

  @Test
  void a_machine_that_dies_during_the_login_is_lost_and_has_rejected_nobody() throws Exception {
    try (ShellSshd dying = ShellSshd.start(List.of(HOST), List.of(USER.getPublic()))) {
      dying
          .server()
          .setPublickeyAuthenticator(
              (user, key, session) -> {
                session.close(true);
                return true;
              });
      TransportException failure =
          failure(
              SshTransport.withDefaults(),
              endpoint("127.0.0.1", dying.port(), Optional.of(identity), Optional.of(text(HOST))));

      assertThat(failure.problem()).isEqualTo(TransportProblem.LOST);
      assertThat(failure)
          .hasMessageStartingWith(
              "Could not connect to builder-2: the connection to 127.0.0.1 port %d broke while we"
                  + " agreed on keys and logged in (",
              dying.port())
          .hasMessageEndingWith("). Check that it is an ssh server, and its log.");
    }
  }

  @Test
  void a_login_without_any_key_says_so() {
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.empty(), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.LOGIN_REJECTED);
    assertThat(failure)
        .hasMessageContaining(
            "we tried no key (none is given with the machine or for the transport)");
  }

  @Test
  void further_keys_are_tried_after_the_endpoints_own() throws Exception {
    Path wrong = ShellSshd.write(STRANGER, directory.resolve("id_wrong"));
    connects(
        SshTransport.withDefaults().identity(identity),
        here(Optional.of(wrong), Optional.of(text(HOST))));
  }

  @Test
  void an_agent_that_does_not_answer_is_mentioned_when_the_login_fails() {
    Path socket = directory.resolve("no-agent");
    TransportException failure =
        failure(
            SshTransport.withDefaults().agent(socket),
            here(Optional.empty(), Optional.of(text(HOST))));

    assertThat(failure)
        .hasMessageContaining("we tried no key (the agent at " + socket + " does not answer)");
  }

  @Test
  void a_missing_key_file_is_unusable() {
    Path missing = directory.resolve("id_missing");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(missing), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure)
        .hasMessage("Could not connect to builder-2: the private key %s does not exist.", missing);
  }

  @Test
  void a_key_file_of_garbage_is_unusable() throws Exception {
    Path garbage = Files.writeString(directory.resolve("id_garbage"), "good morning\n");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(garbage), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure).hasMessageEndingWith("id_garbage is no private key that we can read.");
  }

  @Test
  void a_public_key_in_place_of_the_private_one_is_recognised() throws Exception {
    Path pub = Files.writeString(directory.resolve("id.pub"), text(USER) + "\n");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(pub), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure).hasMessageEndingWith("id.pub is a public key; the private key is wanted.");
  }

  @Test
  void a_locked_key_without_a_passphrase_is_unusable_and_says_it_is_locked() {
    Path locked = ShellSshd.writeLocked(USER, directory.resolve("id_locked"), "höchst geheim");
    TransportException failure =
        failure(SshTransport.withDefaults(), here(Optional.of(locked), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure)
        .hasMessage(
            "Could not connect to builder-2: the private key %s is locked, and no passphrase is"
                + " known for it.",
            locked);
  }

  @Test
  void a_locked_key_opens_with_its_passphrase_which_is_wiped_after_use() throws Exception {
    Path locked = ShellSshd.writeLocked(USER, directory.resolve("id_locked2"), "höchst geheim");
    char[] passphrase = "höchst geheim".toCharArray();
    connects(
        SshTransport.withDefaults().passphrases(file -> Optional.of(passphrase)),
        here(Optional.of(locked), Optional.of(text(HOST))));
    assertThat(new String(passphrase)).isEqualTo("\0".repeat(passphrase.length));
  }

  @Test
  void a_wrong_passphrase_is_told_from_none_and_not_repeated() {
    Path locked = ShellSshd.writeLocked(USER, directory.resolve("id_locked3"), "right");
    TransportException failure =
        failure(
            SshTransport.withDefaults().passphrases(file -> Optional.of("wrong!".toCharArray())),
            here(Optional.of(locked), Optional.of(text(HOST))));

    assertThat(failure.problem()).isEqualTo(TransportProblem.IDENTITY_UNUSABLE);
    assertThat(failure)
        .hasMessageEndingWith("is locked, and the passphrase given for it does not open it.")
        .hasMessageNotContaining("wrong!");
  }

  @Test
  void an_endpoint_without_a_user_needs_a_default_one() throws Exception {
    Endpoint nameless =
        new Endpoint(
            "builder-2",
            Optional.empty(),
            "127.0.0.1",
            OptionalInt.of(sshd.port()),
            Optional.of(identity.toString()),
            Optional.of(text(HOST)),
            false);

    TransportException failure = failure(SshTransport.withDefaults(), nameless);
    assertThat(failure.problem()).isEqualTo(TransportProblem.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("no user is given");
    connects(SshTransport.withDefaults().defaultUser("builder"), nameless);
  }
}
