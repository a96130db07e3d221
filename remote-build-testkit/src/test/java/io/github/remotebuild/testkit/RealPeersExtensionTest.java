package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes on computers that are made up, with a script that is made up. */
class RealPeersExtensionTest {
  @TempDir private Path project;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final FakeComputer computer = FakeComputer.complete();

  /** What the classes below have in common; set before they run. */
  abstract static class OnThatComputer {
    @RegisterExtension static RealPeersExtension extension;
  }

  static class Asking extends OnThatComputer {
    @Test
    void asks(RealPeers peers) {
      assertThat(peers.names()).containsExactly("alpha", "beta");
      assertThat(peers.directory().resolve("is-up")).exists();
    }

    @Test
    void asks_too(RealPeers peers) {
      asks(peers);
    }
  }

  static class Failing extends OnThatComputer {
    @Test
    void fails(RealPeers peers) {
      assertThat(peers.directory().resolve("is-up")).exists();
      fail("on purpose");
    }
  }

  static class Silent extends OnThatComputer {
    @Test
    void asks_for_nothing() {}

    @TestFactory
    Stream<DynamicTest> makes_tests() {
      return Stream.of(DynamicTest.dynamicTest("made", () -> {}));
    }
  }

  @BeforeEach
  void writeTheScript() throws IOException {
    script(
        """
        #!/bin/sh
        echo "$1 $2" >> %1$s/calls
        case $1 in
          up)
            : > "$2/is-up"
            printf '%%s\\n' machines=alpha,beta script="$0" \
              alpha.nixVersion=2.8.0 beta.nixVersion=2.26.3 > "$2/peers.properties" ;;
          down) rm "$2/is-up" ;;
        esac
        """);
    computer.in(project.resolve("module"));
  }

  private void script(String text) throws IOException {
    Path script = project.resolve(".ci/real-peers");
    Files.createDirectories(script.getParent());
    Files.writeString(script, text.formatted(project));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    computer.withProgram(script.toString());
  }

  /** The words that the script was run with, without the directory, which is always the same. */
  private List<String> calls() throws IOException {
    Path file = project.resolve("calls");
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    assertThat(lines.stream().map(line -> line.split(" ", -1)[1]).distinct().count())
        .isLessThanOrEqualTo(1);
    lines.forEach(line -> assertThat(Path.of(line.split(" ", -1)[1])).doesNotExist());
    return lines.stream().map(line -> line.split(" ", -1)[0]).toList();
  }

  private TestExecutionSummary run(Class<?>... classes) {
    OnThatComputer.extension = new RealPeersExtension(computer, new PrintStream(said, true, UTF_8));
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request()
            .enableImplicitConfigurationParameters(false)
            .filters(EngineFilter.includeEngines("junit-jupiter"));
    Stream.of(classes).forEach(each -> request.selectors(selectClass(each)));
    LauncherFactory.create().execute(request.build(), summary);
    return summary.getSummary();
  }

  private static List<String> failures(TestExecutionSummary summary) {
    return summary.getFailures().stream()
        .map(each -> String.valueOf(each.getException().getMessage()))
        .toList();
  }

  @Test
  void one_farm_serves_all_classes_of_a_run_and_ends_with_it() throws IOException {
    TestExecutionSummary summary = run(Asking.class, Silent.class, Failing.class, Asking.class);

    assertThat(failures(summary)).containsExactly("on purpose");
    assertThat(summary.getTestsSucceededCount()).isEqualTo(4);
    assertThat(calls()).containsExactly("up", "down");
    assertThat(said.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            "Real machines for these tests: alpha with Nix 2.8.0, beta with Nix 2.26.3\n");
  }

  @Test
  void a_run_that_asks_for_no_machine_starts_none() throws IOException {
    TestExecutionSummary summary = run(Silent.class);

    assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
    assertThat(calls()).isEmpty();
    assertThat(said.toString(UTF_8)).isEmpty();
  }

  @Test
  void machines_that_do_not_start_fail_every_test_that_needs_them_and_are_tried_once()
      throws IOException {
    script(
        """
        #!/bin/sh
        echo "$1 $2" >> %1$s/calls
        [ "$1" = down ] || { echo "real-peers: no network is left" >&2; exit 1; }
        """);

    TestExecutionSummary summary = run(Asking.class);

    assertThat(failures(summary))
        .hasSize(2)
        .allSatisfy(
            message ->
                assertThat(message)
                    .contains("Could not start real Nix machines, although")
                    .contains("real-peers: no network is left\nREMOTE_BUILD_PEERS=none leaves"));
    assertThat(calls()).containsExactly("up", "down");
  }

  @Test
  void a_farm_that_is_named_is_neither_started_nor_taken_down() throws IOException {
    Path farm = Files.createDirectory(project.resolve("farm"));
    Files.writeString(farm.resolve("peers.properties"), "machines=alpha,beta\n");
    Files.createFile(farm.resolve("is-up"));
    computer.variable("REMOTE_BUILD_PEERS", farm.resolve("peers.properties").toString());

    TestExecutionSummary summary = run(Asking.class);

    assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
    assertThat(calls()).isEmpty();
    assertThat(said.toString(UTF_8)).isEmpty();
  }

  @Test
  void the_end_of_a_run_says_once_what_did_not_run_and_what_is_missing() throws IOException {
    computer.status("1000", "0").variable("PATH", "/elsewhere");

    TestExecutionSummary summary = run(Asking.class, Silent.class, Failing.class);

    assertThat(summary.getTestsStartedCount()).isZero();
    assertThat(failures(summary)).isEmpty();
    assertThat(calls()).isEmpty();
    assertThat(said.toString(UTF_8).lines().map(line -> line.replaceFirst(" +\\|$", " |")))
        .containsExactly(
            "",
            "+" + "-".repeat(78) + "+",
            "| NOT RUN, for want of real Nix machines: 5 tests in 3 classes |",
            "| |",
            "| What is missing here: |",
            "|   - root: this is user 1000 |",
            "|   - Nix: nix-store, nix-instantiate are not on the PATH |",
            "|   - ssh: ssh, ssh-keygen are not on the PATH |",
            "|   - other programs: bash, ss, unshare, nsenter, mount, hostname, flock, dpkg |",
            "|     are not on the PATH |",
            "| What to do: |",
            "|   - run the tests as root |",
            "|   - run, as root on Debian 12, in the checkout: .ci/real-peers install |",
            "|   - or name a farm's peers.properties in REMOTE_BUILD_PEERS |",
            "|   - more in docs/real-peers.md |",
            "+" + "-".repeat(78) + "+",
            "");
    assertThat(said.toString(UTF_8).lines().filter(line -> !line.isEmpty()))
        .allSatisfy(line -> assertThat(line).hasSize(80));
  }

  @Test
  void what_is_switched_off_is_said_as_loudly() throws IOException {
    computer.variable("REMOTE_BUILD_PEERS", "none");

    run(Failing.class);

    assertThat(calls()).isEmpty();
    assertThat(said.toString(UTF_8))
        .contains("NOT RUN, for want of real Nix machines: 1 test in 1 class")
        .contains("REMOTE_BUILD_PEERS=none says that they shall not run");
  }

  @Test
  void what_is_demanded_fails_instead_and_says_what_is_missing() {
    computer.status("1000", "0").variable("REMOTE_BUILD_REQUIRE_PEERS", "1");

    TestExecutionSummary summary = run(Asking.class);

    assertThat(failures(summary))
        .singleElement()
        .asString()
        .contains("REMOTE_BUILD_REQUIRE_PEERS=1 demands that this runs")
        .contains("missing: root: this is user 1000");
  }
}
