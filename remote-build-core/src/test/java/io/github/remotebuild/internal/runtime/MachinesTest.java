package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.fake.StubTransport;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.Connection;
import io.github.remotebuild.transport.Endpoint;
import io.github.remotebuild.transport.Transport;
import io.github.remotebuild.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which connections there are while machines come and go. */
class MachinesTest {
  private static final Machine A = line("ssh://a");
  private static final Machine B = line("ssh://b");

  private final StubTransport network = new StubTransport();
  private final List<Endpoint> reached = new ArrayList<>();
  private final List<Machines> opened = new ArrayList<>();

  private static Machine line(String uri) {
    return Machine.at(uri).forSystems("x86_64-linux").build();
  }

  private Machines machines(Machine... lines) {
    Transport ssh =
        (endpoint, options) -> {
          reached.add(endpoint);
          return network.connect(endpoint, options);
        };
    ConnectOptions options =
        new ConnectOptions(
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Thread::new);
    Machines machines =
        new Machines(
            Farm.of(lines),
            new Machines.Reach(ssh, ssh, () -> 0),
            options,
            SessionSettings.defaults(),
            Runnable::run);
    opened.add(machines);
    return machines;
  }

  @AfterEach
  void nothing_is_left_open() {
    opened.forEach(Machines::close);
    assertThat(network.openConnections()).isZero();
  }

  /** A whole attempt that does nothing. */
  private static void use(Machines machines, Machine machine) throws Exception {
    MachineAccess access = machines.access(machine);
    access.connections().giveBack(access.connections().borrow().connection());
    machines.release(access);
  }

  @Test
  void the_connection_of_a_machine_that_stays_is_kept() throws Exception {
    Machines machines = machines(A, B);
    use(machines, A);

    machines.list(Farm.of(B, line("ssh-ng://a"), A));
    use(machines, A);

    assertThat(network.logins()).isEqualTo(1);
    assertThat(network.openConnections()).isEqualTo(1);
  }

  @Test
  void the_connections_of_a_machine_that_is_gone_are_closed_at_once_if_nothing_runs()
      throws Exception {
    Machines machines = machines(A, B);
    use(machines, A);
    use(machines, B);

    machines.list(Farm.of(B));

    assertThat(network.openConnections()).isEqualTo(1);
    assertThat(machines.count()).isEqualTo(1);
  }

  @Test
  void the_connections_of_a_machine_that_is_gone_are_closed_when_the_last_attempt_is_over()
      throws Exception {
    Machines machines = machines(A);
    MachineAccess first = machines.access(A);
    MachineAccess second = machines.access(A);
    Connection connection = first.connections().borrow().connection();

    machines.list(Farm.empty());
    first.connections().giveBack(connection);
    machines.release(first);
    assertThat(network.openConnections()).isEqualTo(1);
    assertThat(second.connections().borrow().isReused()).isTrue();
    second.connections().giveBack(connection);
    machines.release(second);

    assertThat(network.openConnections()).isZero();
    assertThat(machines.count()).isZero();
  }

  @Test
  void a_machine_that_is_removed_while_somebody_connects_to_it_leaves_nothing() throws Exception {
    Machines machines = machines(A);
    MachineAccess access = machines.access(A);
    network.atNextLogin(() -> machines.list(Farm.empty()));

    Connection connection = access.connections().borrow().connection();
    assertThat(connection.isOpen()).isTrue();
    access.connections().giveBack(connection);
    machines.release(access);

    assertThat(network.openConnections()).isZero();
    assertThat(machines.count()).isZero();
  }

  @Test
  void a_machine_that_returns_while_attempts_go_on_has_the_connections_of_before()
      throws Exception {
    Machines machines = machines(A);
    MachineAccess access = machines.access(A);
    Connection connection = access.connections().borrow().connection();
    machines.list(Farm.empty());
    machines.list(Farm.of(A));

    access.connections().giveBack(connection);
    machines.release(access);
    use(machines, A);

    assertThat(network.logins()).isEqualTo(1);
  }

  @Test
  void a_line_with_another_key_is_logged_in_to_anew_and_what_runs_keeps_what_it_has()
      throws Exception {
    Machines machines = machines(A);
    use(machines, A);
    MachineAccess before = machines.access(A);
    Connection connection = before.connections().borrow().connection();
    Machine withKey = Machine.at("ssh://a").forSystems("x86_64-linux").sshKey("/keys/new").build();

    machines.list(Farm.of(withKey));
    use(machines, withKey);

    assertThat(connection.isOpen()).isTrue();
    assertThat(reached.get(1).identityFile()).contains("/keys/new");
    before.connections().giveBack(connection);
    machines.release(before);
    assertThat(connection.isOpen()).isFalse();
    assertThat(network.openConnections()).isEqualTo(1);
  }

  @Test
  void an_attempt_that_is_released_twice_counts_once() throws Exception {
    Machines machines = machines(A);
    MachineAccess first = machines.access(A);
    MachineAccess second = machines.access(A);
    second.connections().borrow();

    machines.list(Farm.empty());
    machines.release(first);
    machines.release(first);

    assertThat(network.openConnections()).isEqualTo(1);
  }

  @Test
  void two_lines_of_one_host_share_connections() throws Exception {
    Machine second = line("ssh-ng://a");
    Machines machines = machines(A, second);

    use(machines, A);
    use(machines, second);

    assertThat(network.logins()).isEqualTo(1);
  }

  @Test
  void a_line_that_is_objected_to_spoils_no_other_line_of_its_host() throws Exception {
    Machine daemon = line("ssh-ng://a?remote-program=nix-daemon");
    Machine badKey = line("ssh://a?base64-ssh-public-host-key=!");
    Machines machines = machines(daemon, badKey, A);

    for (Machine bad : List.of(daemon, badKey)) {
      MachineAccess access = machines.access(bad);
      assertThatThrownBy(() -> access.connections().borrow())
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("Could not use");
      machines.release(access);
    }
    use(machines, A);

    assertThat(network.openConnections()).isEqualTo(1);
  }

  @Test
  void closing_hangs_up_also_what_is_left_of_machines_that_are_gone() throws Exception {
    Machines machines = machines(A);
    MachineAccess access = machines.access(A);
    access.connections().borrow();
    machines.list(Farm.of(Machine.at("ssh://a").forSystems("x86_64-linux").sshKey("/k").build()));

    machines.close();

    assertThat(network.openConnections()).isZero();
  }
}
