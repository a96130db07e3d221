package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.MachineEntry;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import io.github.remotebuild.testkit.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person reads when something is not as it should be. */
@NeedsRealPeers
class MessagesIT {
  private final RealPeers peers;
  private final RealHub hub;
  private final RealMachine alpha;
  private final Path directory;

  MessagesIT(RealPeers peers, @TempDir Path directory) {
    this.peers = peers;
    this.hub = peers.hub();
    this.alpha = peers.machine("alpha");
    this.directory = directory;
  }

  private String anything() {
    return Recipe.one(hub, "anything", "echo 1 > $out");
  }

  private Cli.Run buildOn(MachineEntry entry, String... words) {
    return Cli.build(Cli.file(directory, machinesFile(entry)), words);
  }

  private static void assertTrouble(Cli.Run run, String... parts) {
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(parts).doesNotContain("defect", "Exception");
    assertThat(run.err().lines().filter(line -> line.contains("Could not")))
        .as("a reason is given once")
        .doesNotHaveDuplicates()
        .hasSize(1);
  }

  private String fingerprint(String machine) throws IOException {
    Path key = directory.resolve(machine + ".pub");
    Files.writeString(key, peers.hostKey(machine) + "\n");
    return Tool.of("ssh-keygen", "-l", "-f", key.toString()).run().orThrow().out().split(" ")[1];
  }

  @Test
  void an_unknown_host_key() throws IOException {
    Path knownHosts = Cli.file(directory, "");

    Cli.Run run =
        buildOn(alpha.entry().withoutHostKey(), "--known-hosts", knownHosts.toString(), anything());

    assertTrouble(
        run,
        "error: Could not connect to root@" + alpha.host() + ": no host key is known for ",
        "It shows ssh-ed25519 " + fingerprint("alpha"),
        "add the line '" + alpha.host() + " " + peers.hostKey("alpha") + "'");
  }

  @Test
  void a_host_key_that_known_hosts_has() {
    Cli.Run run =
        buildOn(
            alpha.entry().withoutHostKey(),
            "--known-hosts",
            peers.knownHosts().toString(),
            anything());

    assertThat(run.status()).as(run.err()).isZero();
  }

  @Test
  void a_host_key_that_is_not_the_pinned_one() throws IOException {
    Cli.Run run = buildOn(alpha.entry().withHostKey(peers.hostKey("beta")), anything());

    assertTrouble(
        run,
        "error: Could not connect to root@"
            + alpha.host()
            + ": its host key is not the one we know",
        "It shows ssh-ed25519 " + fingerprint("alpha"),
        "expected ssh-ed25519 " + fingerprint("beta"));
  }

  @Test
  void a_host_key_that_is_not_the_one_in_known_hosts() throws IOException {
    Path knownHosts = Cli.file(directory, alpha.host() + " " + peers.hostKey("gamma") + "\n");

    Cli.Run run =
        buildOn(alpha.entry().withoutHostKey(), "--known-hosts", knownHosts.toString(), anything());

    assertTrouble(
        run,
        "its host key is not the one we know",
        "expected ssh-ed25519 " + fingerprint("gamma") + " (" + knownHosts + ":1)");
  }

  @Test
  void a_client_key_that_is_not_let_in() {
    Path key = directory.resolve("stranger");
    Tool.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).run().orThrow();

    Cli.Run run = buildOn(alpha.entry().withIdentity(key), anything());

    assertTrouble(
        run,
        "error: Could not connect to root@" + alpha.host() + ": ",
        "does not let root log in with any key we have",
        "we tried " + key + " (ssh-ed25519 SHA256:");
  }

  @Test
  void a_client_key_that_is_not_there() {
    Path key = directory.resolve("nowhere");

    Cli.Run run = buildOn(alpha.entry().withIdentity(key), anything());

    assertTrouble(run, "the private key " + key + " does not exist");
  }

  @Test
  void nobody_listens() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    Cli.Run run = buildOn(alpha.entry().withUri("ssh://root@127.0.0.1:" + port), anything());

    assertTrouble(
        run,
        "error: Could not connect to root@127.0.0.1:"
            + port
            + ": nobody listens at 127.0.0.1 port "
            + port,
        "Check that sshd runs there");
  }

  @Test
  void a_name_that_is_unknown() {
    Cli.Run run = buildOn(alpha.entry().withUri("ssh://root@nowhere.invalid"), anything());

    assertTrouble(run, "root@nowhere.invalid: the name nowhere.invalid is unknown");
  }

  @Test
  void no_nix_on_the_machine() {
    Cli.Run run =
        buildOn(alpha.entry().withUri(alpha.uri() + "?remote-program=/opt/nix-store"), anything());

    assertTrouble(
        run,
        "error: Could not open a store session on root@" + alpha.host(),
        "there is no program '/opt/nix-store'",
        "check that Nix is installed there");
  }

  @Test
  void a_login_that_runs_something_else() {
    Cli.Run run =
        buildOn(alpha.entry().withUri(alpha.uri() + "?remote-program=/bin/echo"), anything());

    assertTrouble(run, "Could not open a store session on root@" + alpha.host(), "it printed: ");
  }

  @Test
  void a_derivation_full_of_garbage() throws IOException {
    String drv = anything();
    byte[] good = Files.readAllBytes(hub.file(drv));
    Files.writeString(hub.file(drv), "What is this doing here?\0\u001b[31m\n".repeat(9));
    try {
      Cli.Run run = buildOn(alpha.entry(), drv);

      assertTrouble(
          run,
          "error: Could not plan " + drv + ": it is no derivation",
          "at byte 0: expected 'Derive(', found 'What is this");
      assertThat(run.err()).doesNotContain("\0", "\u001b");
    } finally {
      Files.write(hub.file(drv), good);
    }
  }

  @Test
  void a_derivation_that_is_cut_off() throws IOException {
    String drv = anything();
    byte[] good = Files.readAllBytes(hub.file(drv));
    Files.write(hub.file(drv), java.util.Arrays.copyOf(good, good.length / 2));
    try {
      Cli.Run run = buildOn(alpha.entry(), drv);

      assertTrouble(run, "Could not plan " + drv + ": it is no derivation", "the end");
    } finally {
      Files.write(hub.file(drv), good);
    }
  }

  @Test
  void a_derivation_that_is_not_there() {
    String drv = "/nix/store/" + "a".repeat(32) + "-gone.drv";

    Cli.Run run = buildOn(alpha.entry(), drv);

    assertTrouble(run, "error: Could not plan " + drv, "not valid in the local store");
  }

  @Test
  void an_output_that_the_derivation_has_not() {
    String drv = anything();

    Cli.Run run = buildOn(alpha.entry(), drv + "^doc");

    assertTrouble(run, "the derivation has no output 'doc'; it has out");
  }

  @Test
  void a_path_that_is_no_derivation() {
    String path = "/nix/store/" + "a".repeat(32) + "-bash";

    Cli.Run run = buildOn(alpha.entry(), path);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("'" + path + "' is no derivation");
  }

  @Test
  void every_bad_line_of_the_machines_file_is_named() {
    Path file =
        Cli.file(
            directory,
            "# the farm\n"
                + alpha.entry()
                + "\nssh://a x86_64-linux - many\nssh://b x86_64-linux - 1 1 - - !!!\n");

    Cli.Run run = Cli.build(file, anything());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains("Could not read the machines in " + file + ": 2 problems")
        .contains(file + ":3:", "found 'many'", file + ":4:", "found '!!!'");
  }

  @Test
  void a_machines_file_that_is_not_there() {
    Path file = directory.resolve("machines-of-yesterday");

    Cli.Run run = Cli.build(file, anything());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "remote-build: Could not read the machines file " + file + ": there is no such file\n");
  }

  @Test
  void a_machines_file_that_names_nobody() {
    Path file = Cli.file(directory, "# nobody yet\n");

    Cli.Run run = Cli.build(file, anything());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("remote-build: " + file + " names no machine\n");
  }
}
