package io.github.remotebuild.cli;

import static io.github.remotebuild.testkit.RealPeers.machinesFile;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A large closure and a large path, through a process with a small heap, between a farm and a hub
 * that both go away afterwards.
 */
@Timeout(300)
class LargeIT extends OwnFarm {
  private static final int PATHS = Integer.getInteger("remotebuild.it.paths", 20_000);
  private static final int MEBIBYTES = Integer.getInteger("remotebuild.it.mebibytes", 400);
  private static final List<String> SMALL_HEAP = List.of("-Xmx96m", "-XX:MaxDirectMemorySize=16m");

  private Path root;
  private RealHub ownHub;

  @BeforeAll
  void makeHub() throws IOException {
    root = Files.createTempDirectory("hub");
    ownHub = RealHub.at(root);
  }

  @AfterAll
  void removeHub() {
    Tool.of("rm", "-rf", "--one-file-system", root.toString()).run().orThrow();
  }

  /** Builds with a small heap and a directory for temporary files that must stay empty. */
  private Tool.Result build(Path directory, String what, String drv) throws IOException {
    Path machines =
        Cli.file(
            directory,
            machinesFile(alpha.entry().withFeatures("foo"), beta.entry().withFeatures("bar")));
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    List<String> jvm = new ArrayList<>(SMALL_HEAP);
    jvm.add("-Djava.io.tmpdir=" + temporary);
    long begun = System.nanoTime();
    Tool.Result result =
        Cli.process(jvm, machines, "-v", "--store", ownHub.store().orElseThrow(), drv)
            .environment("TMPDIR", temporary.toString())
            .within(Duration.ofMinutes(4))
            .run()
            .orThrow();
    System.out.printf(
        Locale.ROOT, "%s: %.1f s with %s%n", what, (System.nanoTime() - begun) / 1e9, SMALL_HEAP);
    try (var files = Files.list(temporary)) {
      assertThat(files).as("temporary files").isEmpty();
    }
    return result;
  }

  @Test
  void a_closure_of_many_paths_is_sent(@TempDir Path directory) throws IOException {
    String top = ManyPaths.in(ownHub, PATHS);
    String drv =
        ownHub
            .instantiate(
                Recipe.function(
                    "top",
                    """
                    sh "uses-many" "read x < ${builtins.storePath top}; echo $x > $out"
                      { requiredSystemFeatures = [ "bar" ]; }
                    """),
                Map.of("top", top))
            .get(0);

    Tool.Result run = build(directory, PATHS + " paths up", drv);

    assertThat(run.err()).contains("sending " + PATHS + " paths (");
    assertThat(run.out().strip()).isEqualTo(ownHub.output(drv, "out"));
    assertThat(ownHub.verifies(ownHub.output(drv, "out"))).isTrue();
    assertThat(Files.readString(ownHub.file(ownHub.output(drv, "out")))).isEqualTo("number 0\n");
    assertThat(beta.run("nix-store", "--query", "--requisites", top).orThrow().out().lines())
        .hasSize(PATHS);
  }

  @Test
  void a_large_path_comes_down_and_goes_up(@TempDir Path directory) throws IOException {
    String drv =
        ownHub
            .instantiate(
                Recipe.function(
                    "mebibytes",
                    """
                    let
                      large = sh "large" "head -c ${mebibytes}M /dev/urandom > $out; sha256sum < $out"
                        { inherit mebibytes; requiredSystemFeatures = [ "foo" ]; };
                    in
                      sh "sum" "sha256sum < ${large} > $out" { requiredSystemFeatures = [ "bar" ]; }
                    """),
                Map.of("mebibytes", Integer.toString(MEBIBYTES)))
            .get(0);

    Tool.Result run = build(directory, MEBIBYTES + " MiB down and up", drv);

    String sum = Files.readString(ownHub.file(ownHub.output(drv, "out"))).strip();
    assertThat(sum).hasSizeGreaterThan(64);
    assertThat(run.err())
        .as("alpha found this sum as well")
        .contains("large> " + sum)
        .contains("fetching 1 path (" + MEBIBYTES + " MiB) from root@" + alpha.host())
        .contains("sending 1 path (" + MEBIBYTES + " MiB) to root@" + beta.host());
    assertThat(large(drv)).hasSize(1).allMatch(ownHub::verifies);
  }

  private List<String> large(String drv) {
    return ownHub
        .nixStore("--query", "--references", drv)
        .orThrow()
        .out()
        .lines()
        .filter(path -> path.endsWith("-large.drv"))
        .map(path -> ownHub.output(path, "out"))
        .toList();
  }
}
