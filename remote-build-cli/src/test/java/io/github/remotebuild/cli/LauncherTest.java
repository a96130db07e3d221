package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.testkit.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code remote-build}, in a checkout with a Maven and a Java that only note it. */
class LauncherTest {
  private static final String SOURCE = "remote-build-core/src/main/java/Some.java";
  private static final String JAR = "remote-build-cli/target/remote-build-cli.jar";
  private static final FileTime LONG_AGO = FileTime.from(Instant.EPOCH.plus(Duration.ofDays(9000)));

  @TempDir private Path checkout;

  @BeforeEach
  void checkOut() throws IOException {
    Files.copy(Path.of("..", "remote-build"), checkout.resolve("remote-build"));
    write("pom.xml", "");
    write("remote-build-core/pom.xml", "");
    write(SOURCE, "");
    write("remote-build-core/src/main/java/Other.java", "");
    write("remote-build-core/src/test/java/SomeTest.java", "");
    maven("");
    program("jdk/bin/java", "echo run");
    try (Stream<Path> all = Files.walk(checkout)) {
      for (Path file : all.toList()) {
        Files.setLastModifiedTime(file, LONG_AGO);
      }
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = checkout.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void program(String file, String text) throws IOException {
    write(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(
        checkout.resolve(file), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What builds it, and does this besides. */
  private void maven(String more) throws IOException {
    program(
        "mvnw",
        """
        mkdir -p remote-build-cli/target/lib
        echo "[INFO] Building remote-build-core 0.1.0"
        %1$s
        echo built > %2$s
        """
            .formatted(more, JAR));
  }

  private Tool.Result run(Path script) {
    return Tool.of(script.toString())
        .environment("JAVA_HOME", checkout.resolve("jdk").toString())
        .run();
  }

  private Tool.Result run() {
    return run(checkout.resolve("remote-build"));
  }

  private static void assertRan(Tool.Result result) {
    assertThat(result.out()).as(result.err()).isEqualTo("run\n");
    assertThat(result.status()).isZero();
  }

  private void assertRunsWithoutBuilding() {
    Tool.Result result = run();
    assertRan(result);
    assertThat(result.err()).isEmpty();
  }

  private void assertBuildsAnewOnce() {
    Tool.Result result = run();
    assertRan(result);
    assertThat(result.err().lines())
        .containsExactly(
            "remote-build: the sources have changed; building it anew",
            "  building remote-build-core");
    assertRunsWithoutBuilding();
  }

  /** As if it had been built yesterday, and this file had been written since. */
  private void change(String file) throws IOException {
    itWasBuiltYesterday();
    Files.writeString(checkout.resolve(file), "changed");
  }

  private void itWasBuiltYesterday() throws IOException {
    Files.setLastModifiedTime(
        checkout.resolve(JAR), FileTime.from(Instant.now().minus(Duration.ofDays(1))));
  }

  @Test
  void the_first_run_builds_and_the_second_does_not() {
    Tool.Result first = run();

    assertRan(first);
    assertThat(first.err().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("remote-build: first run; fetching");
    assertRunsWithoutBuilding();
  }

  @Test
  void it_runs_through_a_link_from_elsewhere() throws IOException {
    Path link = Files.createDirectories(checkout.resolve("bin")).resolve("rb");
    Files.createSymbolicLink(link, Path.of("..", "remote-build"));

    assertRan(run(link));

    assertRunsWithoutBuilding();
  }

  @ParameterizedTest
  @ValueSource(strings = {SOURCE, "pom.xml", "remote-build-core/pom.xml"})
  void what_has_changed_is_built_anew(String file) throws IOException {
    run();
    change(file);

    assertBuildsAnewOnce();
  }

  @Test
  void a_source_that_is_gone_or_new_is_noticed() throws IOException {
    run();
    itWasBuiltYesterday();
    Files.delete(checkout.resolve(SOURCE));

    assertBuildsAnewOnce();

    itWasBuiltYesterday();
    write(SOURCE, "");

    assertBuildsAnewOnce();
  }

  @Test
  void a_test_that_has_changed_is_none_of_its_business() throws IOException {
    run();
    change("remote-build-core/src/test/java/SomeTest.java");

    assertRunsWithoutBuilding();
  }

  @Test
  void what_changes_while_it_is_built_is_built_the_next_time() throws IOException {
    maven(
        "until [ %1$s -nt target/launcher-build.started ]; do touch %1$s; done".formatted(SOURCE));
    run();
    maven("");

    assertBuildsAnewOnce();
  }

  @Test
  void maven_lives_in_the_home_directory_that_the_environment_names() throws IOException {
    maven("echo \"$MAVEN_OPTS\" > options");

    Tool.of(checkout.resolve("remote-build").toString())
        .environment("JAVA_HOME", checkout.resolve("jdk").toString())
        .environment("HOME", "/home/me")
        .environment("MAVEN_OPTS", "-Xmx1g -Da=b")
        .run()
        .orThrow();

    assertThat(checkout.resolve("options")).hasContent("-Duser.home=/home/me -Xmx1g -Da=b");
  }

  @Test
  void a_build_that_fails_is_told_with_its_last_words_and_tried_again() throws IOException {
    run();
    change(SOURCE);
    maven("echo cannot find symbol; exit 1");

    Tool.Result failed = run();

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err())
        .contains("remote-build: it could not be built; the end of ")
        .endsWith("cannot find symbol\n");

    maven("");

    assertBuildsAnewOnce();
  }

  @Test
  void what_somebody_else_has_built_is_run_as_it_is() throws IOException {
    run();
    Path jar = checkout.resolve(JAR);
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("r--r--r--"));
    boolean isRoot = Files.isWritable(jar);
    change(SOURCE);

    if (isRoot) {
      // Nothing is somebody else's to root.
      assertBuildsAnewOnce();
      return;
    }
    Tool.Result result = run();

    assertRan(result);
    assertThat(result.err()).contains("the sources have changed, but").contains("not yours");
  }
}
