package io.github.remotebuild.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerSearchTest {
  private static final String INSTALL =
      "run, as root on Debian 12, in the checkout: .ci/real-peers install";
  private static final Path SCRIPT = Path.of("/home/me/project/.ci/real-peers");

  private final FakeComputer computer = FakeComputer.complete();

  private PeerSearch.Found found() {
    return PeerSearch.on(computer);
  }

  private Lacking lacking() {
    assertThat(found()).isInstanceOf(PeerSearch.Found.None.class);
    return ((PeerSearch.Found.None) found()).lacking();
  }

  private void lacksOnly(String thing, String remedy) {
    assertThat(lacking().missing()).containsExactly(thing);
    assertThat(lacking().remedies())
        .containsExactly(
            remedy,
            "or name a farm's peers.properties in REMOTE_BUILD_PEERS",
            "more in docs/real-peers.md");
  }

  @Test
  void a_complete_computer_starts_machines_with_the_nearest_script_above_the_module() {
    assertThat(found()).isEqualTo(new PeerSearch.Found.Startable(SCRIPT));

    computer.withProgram("/home/me/project/module/.ci/real-peers");

    assertThat(found())
        .isEqualTo(
            new PeerSearch.Found.Startable(Path.of("/home/me/project/module/.ci/real-peers")));
  }

  @Test
  void a_farm_that_is_named_is_used_whatever_the_computer_has() {
    computer
        .variable("REMOTE_BUILD_PEERS", "/tmp/farm/peers.properties")
        .status("1000", "0")
        .without("/usr/bin/nix-store", SCRIPT.toString());

    assertThat(found())
        .isEqualTo(new PeerSearch.Found.Named(Path.of("/tmp/farm/peers.properties")));
  }

  @Test
  void none_switches_the_tests_off_on_a_complete_computer_too() {
    computer.variable("REMOTE_BUILD_PEERS", "none");

    assertThat(lacking().missing())
        .containsExactly("REMOTE_BUILD_PEERS=none says that they shall not run");
    assertThat(lacking().remedies().get(0)).startsWith("unset REMOTE_BUILD_PEERS");
  }

  @Test
  void without_root_it_is_root_alone_that_is_missing() {
    computer.status("1000", "0000000000000000");

    lacksOnly("root: this is user 1000", "run the tests as root");
  }

  @Test
  void what_only_root_has_on_the_path_is_found_for_others_too() {
    computer.variable("PATH", "/usr/bin").status("1000", "0");

    lacksOnly("root: this is user 1000", "run the tests as root");
  }

  @Test
  void a_program_beside_the_path_does_not_count_for_root() {
    computer.variable("PATH", "/usr/bin");

    lacksOnly("other programs: ip is not on the PATH", INSTALL);
  }

  @ParameterizedTest
  @CsvSource({"000001ffffdfffff", "000001ffffffefff", "0000000000000000"})
  void root_in_a_container_without_its_rights_is_told_which(String capabilities) {
    computer.status("0", capabilities);

    lacksOnly(
        "the right to make network namespaces and to mount, which this root has not",
        "give the container CAP_NET_ADMIN and CAP_SYS_ADMIN");
  }

  @ParameterizedTest
  @CsvSource({
    "nix-store,       Nix: nix-store is not on the PATH",
    "nix-instantiate, Nix: nix-instantiate is not on the PATH",
    "ssh,             ssh: ssh is not on the PATH",
    "ssh-keygen,      ssh: ssh-keygen is not on the PATH",
    "bash,            other programs: bash is not on the PATH",
    "ss,              other programs: ss is not on the PATH",
    "unshare,         other programs: unshare is not on the PATH",
    "nsenter,         other programs: nsenter is not on the PATH",
    "mount,           other programs: mount is not on the PATH",
    "hostname,        other programs: hostname is not on the PATH",
    "flock,           other programs: flock is not on the PATH",
    "dpkg,            other programs: dpkg is not on the PATH"
  })
  void a_program_that_is_missing_is_named_with_what_installs_it(String program, String said) {
    computer.without("/usr/bin/" + program);

    lacksOnly(said, INSTALL);
  }

  @Test
  void a_missing_sshd_is_named() {
    computer.without("/usr/sbin/sshd");

    lacksOnly("sshd: there is no /usr/sbin/sshd", INSTALL);
  }

  @Test
  void debootstrap_is_needed_only_while_its_work_is_not_done() {
    computer.without("/usr/sbin/debootstrap");
    assertThat(found()).isInstanceOf(PeerSearch.Found.Startable.class);

    computer.without("/var/cache/remote-build-peers/trixie-amd64");

    lacksOnly("debootstrap, to make /var/cache/remote-build-peers/trixie-amd64", INSTALL);
  }

  @Test
  void the_work_of_debootstrap_is_looked_for_where_the_script_keeps_it() {
    computer
        .without("/usr/sbin/debootstrap", "/var/cache/remote-build-peers/trixie-amd64")
        .variable("REAL_PEERS_CACHE", "/big")
        .withDirectory("/big/trixie-amd64");

    assertThat(found()).isInstanceOf(PeerSearch.Found.Startable.class);
  }

  @Test
  void a_hub_with_settings_of_its_own_is_not_used() {
    computer.text("/etc/nix/nix.conf", "sandbox = true\n");

    lacksOnly("the hub's settings: /etc/nix/nix.conf is not the one the script writes", INSTALL);

    computer.without("/etc/nix/nix.conf");

    lacksOnly("the hub's settings: /etc/nix/nix.conf is not the one the script writes", INSTALL);
  }

  @Test
  void a_hub_without_a_store_is_told() {
    computer.without("/nix");

    lacksOnly("the store of the hub: there is no /nix", INSTALL);
  }

  @Test
  void without_the_script_nothing_is_started() {
    computer.without(SCRIPT.toString());

    lacksOnly(
        "the script .ci/real-peers: it is neither in /home/me/project/module nor above",
        "run the tests in a checkout of remote-build");
  }

  @Test
  void another_system_is_told_alone() {
    computer.system("Mac OS X aarch64").without("/usr/bin/nix-store", "/proc/self/status");

    lacksOnly("Linux on x86_64: this is Mac OS X aarch64", "run the tests on Debian 12, x86_64");
  }

  @Test
  void everything_that_is_missing_is_told_at_once() {
    computer.status("65534", "0").variable("PATH", "/bare").without("/usr/sbin/sshd", "/nix");

    assertThat(lacking().missing())
        .containsExactly(
            "root: this is user 65534",
            "Nix: nix-store, nix-instantiate are not on the PATH",
            "sshd: there is no /usr/sbin/sshd",
            "ssh: ssh, ssh-keygen are not on the PATH",
            "other programs: bash, ss, unshare, nsenter, mount, hostname, flock, dpkg are not on"
                + " the PATH",
            "the store of the hub: there is no /nix");
    assertThat(lacking().remedies())
        .isEqualTo(
            List.of(
                "run the tests as root",
                INSTALL,
                "or name a farm's peers.properties in REMOTE_BUILD_PEERS",
                "more in docs/real-peers.md"));
  }
}
