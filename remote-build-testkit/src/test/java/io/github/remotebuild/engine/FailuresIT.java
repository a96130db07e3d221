package io.github.remotebuild.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.RemoteBuilds;
import io.github.remotebuild.machines.MachinesFile;
import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.ssh.SshTransport;
import io.github.remotebuild.store.ServeCommand;
import io.github.remotebuild.store.ServeStore;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.testkit.MachineEntry;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each release of Nix says of builds that fail, as {@code docs/failures.md} tells it. */
@NeedsRealPeers
class FailuresIT {
  private static final Path TABLE = Path.of("../docs/failures.md");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Attributes of a derivation whose output is promised to be what nothing is. */
  private static final String FIXED =
      "outputHashMode = \"recursive\"; outputHashAlgo = \"sha256\";"
          + " outputHash = builtins.hashString \"sha256\" salt;";

  /** What is asked of a machine: attributes of the derivation, and limits. */
  private record Situation(String attributes, UnaryOperator<BuildRequest> limits) {}

  private final RealPeers peers;

  FailuresIT(RealPeers peers) {
    this.peers = peers;
  }

  private static Situation script(String script) {
    return new Situation("args = [ \"-c\" ''" + script + "'' ];", request -> request);
  }

  private static Situation script(String script, UnaryOperator<BuildRequest> limits) {
    return new Situation(script(script).attributes, limits);
  }

  private static Situation script(String script, String more) {
    return new Situation(script(script).attributes + more, request -> request);
  }

  private static Map<String, Situation> situations() {
    Map<String, Situation> all = new LinkedHashMap<>();
    all.put("the builder exits with 1", script("exit 1"));
    all.put("the builder of a fixed output exits with 1", script("exit 1", FIXED));
    all.put("the builder is killed with signal 9", script("kill -9 $$"));
    all.put(
        "a child of the builder is killed, and it exits with 137",
        script("/bin/sh -c 'kill -9 $$'; exit $?"));
    all.put(
        "the builder has no memory left and says so",
        script("ulimit -v 20000; head -c 100000000 /dev/zero | tail -n 1 | wc -c; exit 1"));
    all.put(
        "the builder runs for too long",
        script("sleep 100", request -> request.timeout(Duration.ofSeconds(2))));
    all.put(
        "the builder prints nothing for too long",
        script("sleep 100", request -> request.maxSilentTime(Duration.ofSeconds(2))));
    all.put(
        "the builder prints too much",
        script(
            "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
            request -> request.maxLogSizeBytes(10_000)));
    all.put("a fixed output has another hash", script("echo x > $out", FIXED));
    all.put("an output is missing", script("true"));
    all.put(
        "an output refers to what it may not",
        script("echo $out > $out", "allowedReferences = [ ];"));
    all.put("an output is no file, directory or link", script("mkdir $out; mkfifo $out/f"));
    all.put("the builder is not there", script("true", "builder = \"/no/such/builder\";"));
    all.put("the system is another one", script("true", "system = \"riscv64-linux\";"));
    all.put("a feature is missing", script("true", "requiredSystemFeatures = \"quantum\";"));
    return all;
  }

  private static List<List<String>> rows() throws IOException {
    String text = Files.readString(TABLE);
    return text.substring(text.indexOf("\n## What real machines send\n"))
        .lines()
        .filter(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> List.of(line.split(" *\\| *", -1)))
        .toList();
  }

  private static String told(String situation) throws IOException {
    return rows().stream()
        .filter(row -> row.get(1).equals(situation))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row for: " + situation))
        .get(3);
  }

  private static String meaning(Failure failure) {
    return failure.cause() + " / " + failure.culprit() + " / " + failure.retry();
  }

  /** The failure of one attempt on one machine. */
  private Failure failure(
      RealMachine machine, String attributes, UnaryOperator<BuildRequest> limits) throws Exception {
    String expression =
        "derivation ({ name = \"failing\"; system = \"x86_64-linux\"; builder = \"/bin/sh\"; PATH ="
            + " \"/usr/bin:/bin\"; salt = \"SALT\"; } // (let salt = \"SALT\"; in { ATTRIBUTES }))";
    String drv =
        peers
            .hub()
            .instantiate(
                expression.replace("SALT", RealPeers.salt()).replace("ATTRIBUTES", attributes))
            .get(0);
    MachineEntry entry = machine.entry().withFeatures("quantum");
    String line = entry.toString().replace(" x86_64-linux ", " x86_64-linux,riscv64-linux ");
    try (RemoteBuilds builds =
        RemoteBuilds.on(MachinesFile.parse("the test", line, SystemType.of("x86_64-linux")).farm())
            .connectingWith(SshTransport.withDefaults())
            .open()) {
      BuildOutcome outcome = builds.build(limits.apply(BuildRequest.of(StorePath.parse(drv))));
      assertThat(outcome).isInstanceOf(BuildOutcome.Failed.class);
      List<Attempt> attempts = outcome.results().get(StorePath.parse(drv)).attempts();
      return attempts.get(0).failure().orElseThrow();
    }
  }

  private Failure failure(RealMachine machine, Situation situation) throws Exception {
    return failure(machine, situation.attributes, situation.limits);
  }

  @TestFactory
  Stream<DynamicTest> each_release_says_it_in_the_same_way() {
    return Stream.of("alpha", "beta")
        .flatMap(
            machine ->
                situations().entrySet().stream()
                    .map(
                        situation ->
                            DynamicTest.dynamicTest(
                                situation.getKey() + " on " + machine,
                                () -> {
                                  Failure failure =
                                      failure(peers.machine(machine), situation.getValue());
                                  assertThat(meaning(failure))
                                      .as(failure.toString())
                                      .isEqualTo(told(situation.getKey()));
                                })));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha", "beta"})
  void an_input_that_is_not_valid_is_named(String name) throws Exception {
    StorePath gone = StorePath.parse("/nix/store/" + "0".repeat(32) + "-gone");
    StorePath drv = StorePath.parse("/nix/store/" + "1".repeat(32) + "-a.drv");
    ServeStore store =
        new ServeStore(
            name,
            StoreDir.NIX,
            SshTransport.withDefaults().knownHosts(peers.knownHosts()).identity(peers.identity()),
            peers.endpoint(name),
            ServeCommand.nixStore());
    ConnectOptions options =
        new ConnectOptions(PATIENCE, PATIENCE, Duration.ofSeconds(10), 3, Thread::new);
    BasicDerivation derivation =
        new BasicDerivation(
            new TreeMap<>(
                Map.of(
                    "out",
                    new DerivationOutput.InputAddressed(
                        StorePath.parse("/nix/store/" + "2".repeat(32) + "-a")))),
            new TreeSet<>(List.of(gone)),
            "x86_64-linux",
            ByteString.of("/bin/sh"),
            List.of(),
            new TreeMap<>());
    try (StoreSession session =
        store.open(StderrSink.discarding(), options, SessionSettings.defaults())) {

      BuildResult result = session.buildDerivation(drv, derivation, BuildOptions.unbounded());

      assertThat(result.statusNumber()).isEqualTo(9);
      assertThat(result.plainErrorMessage())
          .contains("dependency '" + gone + "' of '" + drv + "' does not exist");
    }
  }

  @Test
  void a_full_disk_is_not_the_derivations_fault() throws Exception {
    try (RealPeers.OwnFarm own = peers.another()) {
      for (String name : List.of("alpha", "beta")) {
        RealMachine machine = own.peers().machine(name);
        machine.run("mount", "-t", "tmpfs", "-o", "size=40m", "none", "/nix/store").orThrow();
        String fill = "dd if=/dev/zero of=$out bs=1M count=100";
        assertTold(machine, "the builder fills the disk and fails", script(fill));
        assertTold(
            machine, "the builder fills the disk and does not care", script(fill + "; true"));
        machine.run("dd", "if=/dev/zero", "of=/nix/store/filler", "bs=1M", "count=100");
        assertTold(
            machine, "the disk is full and the builder fails for another reason", script("exit 3"));
        Path input = Files.writeString(Files.createTempFile("input", ""), "x".repeat(100_000));
        assertTold(
            machine,
            "an input does not fit on the disk",
            script("true", "input = \"${" + input + "}\";"));
        Files.delete(input);
      }
    }
  }

  private void assertTold(RealMachine machine, String what, Situation situation) throws Exception {
    Failure failure = failure(machine, situation);
    assertThat(meaning(failure)).as(what + ": " + failure).isEqualTo(told(what));
  }
}
