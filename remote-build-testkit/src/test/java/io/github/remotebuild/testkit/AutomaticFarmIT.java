package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Tests in a program of their own, which is told of no farm. */
@NeedsRealPeers
class AutomaticFarmIT {
  private static final Path RUNNING = Path.of("/run/remote-build-peers");

  /** What runs there. */
  @NeedsRealPeers
  static class Sample {
    @Test
    void a_machine_answers(RealPeers peers) {
      System.out.println("directory " + peers.directory());
      System.out.println(
          Tool.of("ssh", "-F", peers.sshConfig().toString(), "beta", "nix-store", "--version")
              .run()
              .orThrow()
              .out());
    }
  }

  /** What runs there and does not end. */
  @NeedsRealPeers
  static class Endless {
    @Test
    void waits(RealPeers peers) throws IOException {
      System.out.println("directory " + peers.directory());
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }

  /** Runs the class that it is given; the exit status is the number of failures. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws ClassNotFoundException {
      SummaryGeneratingListener summary = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .enableImplicitConfigurationParameters(false)
                  .filters(EngineFilter.includeEngines("junit-jupiter"))
                  .selectors(selectClass(Class.forName(arguments[0])))
                  .build(),
              summary);
      summary.getSummary().printFailuresTo(new java.io.PrintWriter(System.out, true));
      System.exit((int) summary.getSummary().getTotalFailureCount());
    }
  }

  private static Process start(Class<?> tests) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName(),
            tests.getName());
    builder.environment().remove(RealPeers.VARIABLE);
    return builder.redirectErrorStream(true).start();
  }

  /** Reads up to the line that says where the farm is, and returns that. */
  private static Path directory(BufferedReader output) throws IOException {
    List<String> before = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("directory ")) {
        return Path.of(line.substring("directory ".length()));
      }
      before.add(line);
    }
    throw new AssertionError("no farm has come up: " + String.join("\n", before));
  }

  private static void isGone(Path farm) throws IOException {
    assertThat(farm).doesNotExist();
    List<String> running = new ArrayList<>();
    try (var files = Files.newDirectoryStream(RUNNING)) {
      for (Path file : files) {
        running.add(Files.readString(file).strip());
      }
    }
    assertThat(running).doesNotContain(farm.toString());
  }

  @Test
  void a_farm_comes_up_for_the_first_test_that_asks_and_ends_with_the_tests() throws Exception {
    Process process = start(Sample.class);
    try (BufferedReader output = process.inputReader(UTF_8)) {
      Path farm = directory(output);
      String rest = String.join("\n", output.lines().toList());

      assertThat(process.waitFor()).as(rest).isZero();
      assertThat(rest).contains("nix-store (Nix) 2.26");
      isGone(farm);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void a_farm_ends_with_a_program_that_is_told_to_end_in_the_middle() throws Exception {
    Process process = start(Endless.class);
    try (BufferedReader output = process.inputReader(UTF_8)) {
      Path farm = directory(output);
      assertThat(farm).exists();

      process.destroy();

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      isGone(farm);
    } finally {
      process.destroyForcibly();
    }
  }
}
