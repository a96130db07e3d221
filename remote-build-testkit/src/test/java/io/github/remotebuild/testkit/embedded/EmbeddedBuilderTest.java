package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.model.SystemType;
import io.github.remotebuild.nar.NarTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds by programs and by functions, and their ends. */
class EmbeddedBuilderTest {
  private static final String SYSTEM = "x86_64-linux";

  @TempDir private Path scratch;
  private final MachineThreads threads = new MachineThreads("test");
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final CountDownLatch logged = new CountDownLatch(1);
  private EmbeddedStore store;

  @BeforeEach
  void create() {
    store = EmbeddedStore.create(scratch.resolve("store"), EmbeddedStore.DEFAULT_STORE_DIR);
  }

  @AfterEach
  void nothing_is_left() throws Exception {
    assertThat(threads.leftAfter(Duration.ofSeconds(5))).isEmpty();
    assertThat(StrayProcesses.below(scratch.toRealPath())).isEmpty();
    store.close();
    assertThat(scratch).isEmptyDirectory();
  }

  private EmbeddedBuilder builder(Map<String, BuilderFunction> functions) throws Exception {
    return new EmbeddedBuilder(
        "test",
        store,
        scratch.toRealPath(),
        Set.of(SystemType.of(SYSTEM)),
        () -> Features.of("kvm"),
        functions,
        threads);
  }

  private DerivationBuilder script(String script, StorePath... inputs) {
    return DerivationBuilder.named("test", store.storeDir())
        .system(SYSTEM)
        .builder("/bin/sh")
        .arguments("-e", "-c", script)
        .sources(List.of(inputs));
  }

  private StorePath build(
      DerivationBuilder building, BuildOptions options, BuilderFunction function) throws Exception {
    return build(building, options, function, new BuildWatch(options));
  }

  private StorePath build(
      DerivationBuilder building, BuildOptions options, BuilderFunction function, BuildWatch watch)
      throws Exception {
    Derivation derivation = building.build();
    BasicDerivation basic = derivation.resolve((drv, output) -> Optional.empty());
    BuildLogSink sink =
        new BuildLogSink(
            (buffer, offset, length) -> {
              log.write(buffer, offset, length);
              logged.countDown();
            },
            watch);
    builder(Map.of("function", function)).build(derivation.path(), basic, options, watch, sink);
    return basic.outputs().values().iterator().next().path().orElseThrow();
  }

  private StorePath build(DerivationBuilder building) throws Exception {
    return build(building, BuildOptions.unbounded(), context -> {});
  }

  private BuildFailedException failure(DerivationBuilder building, BuildOptions options) {
    return catchThrowableOfType(
        BuildFailedException.class, () -> build(building, options, context -> {}));
  }

  private String logText() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_program_finds_the_logical_paths_to_be_true_and_the_environment_of_nix() throws Exception {
    StorePath input = store.addText("input", "from the input\n");
    StorePath out =
        build(
            script(
                    "while read -r line; do echo \"$line\"; done < "
                        + input
                        + "; "
                        + "echo $PATH $HOME $NIX_STORE $answer; [ $PWD = $NIX_BUILD_TOP ];"
                        + " [ $TMPDIR = $NIX_BUILD_TOP ]; echo to-a-file > file;"
                        + " echo "
                        + input
                        + " > $out",
                    input)
                .environment("answer", "it's \"42\"\n$x"));

    assertThat(logText())
        .isEqualTo(
            "from the input\n/path-not-set /homeless-shelter /proc/self/fd/9 it's \"42\" $x\n");
    assertThat(store.info(out).orElseThrow().references()).containsExactly(input);
  }

  private void addOutput(StorePath path, String text) throws Exception {
    byte[] nar = NarTree.file(text).toNar().toByteArray();
    store.add(
        PathInfo.of(path, Hash.compute(HashAlgorithm.SHA256, nar), nar.length, List.of()),
        new ByteArrayInputStream(nar));
  }

  @Test
  void an_output_that_is_valid_stays_as_it_is_whatever_a_program_makes() throws Exception {
    DerivationBuilder both =
        script("echo new > $dev; echo $dev > $out; ln -s $dev $doc")
            .environment("PATH", "/usr/bin:/bin")
            .outputs("out", "dev", "doc");
    StorePath dev = both.build().outputs().get("dev").path().orElseThrow();
    StorePath out = both.build().outputs().get("out").path().orElseThrow();
    StorePath doc = both.build().outputs().get("doc").path().orElseThrow();
    addOutput(dev, "old");

    build(both);

    assertThat(store.text(dev)).isEqualTo("old");
    assertThat(store.text(out)).isEqualTo(dev + "\n");
    assertThat(store.tree(doc)).isEqualTo(NarTree.symlink(dev.toString()));
    assertThat(store.info(out).orElseThrow().references()).containsExactly(dev);
    assertThat(store.directory()).isDirectoryNotContaining(path -> !isValidFile(path));
  }

  private boolean isValidFile(Path file) {
    return store.isValid(store.storeDir().parse(store.storeDir() + "/" + file.getFileName()));
  }

  @Test
  void an_output_that_is_valid_stays_as_it_is_whatever_a_function_makes() throws Exception {
    DerivationBuilder both =
        DerivationBuilder.named("test", store.storeDir())
            .system(SYSTEM)
            .builder("function")
            .outputs("out", "dev");
    StorePath dev = both.build().outputs().get("dev").path().orElseThrow();
    StorePath out = both.build().outputs().get("out").path().orElseThrow();
    addOutput(dev, "old");

    build(
        both,
        BuildOptions.unbounded(),
        context -> {
          context.write("dev", "new");
          context.write("out", "refers to " + context.output("dev"));
        });

    assertThat(store.text(dev)).isEqualTo("old");
    assertThat(store.text(out)).isEqualTo("refers to " + dev);
    assertThat(store.directory()).isDirectoryNotContaining(path -> !isValidFile(path));
  }

  @Test
  void a_script_in_the_store_is_run_by_its_shebang() throws Exception {
    StorePath program =
        store.addSource("program", NarTree.executable("#!/bin/sh\necho made by $0 > $out\n"));

    StorePath out =
        build(
            DerivationBuilder.named("test", store.storeDir())
                .system(SYSTEM)
                .builder(program.toString())
                .sources(List.of(program)));

    assertThat(store.text(out)).isEqualTo("made by " + program + "\n");
  }

  @Test
  void a_failing_program_fails_for_good_and_a_fixed_output_for_now() {
    ContentAddress content =
        new ContentAddress(
            ContentAddressMethod.NAR, Hash.compute(HashAlgorithm.SHA256, new byte[0]));

    assertThat(failure(script("exit 5"), BuildOptions.unbounded()))
        .hasMessageContaining("failed with exit code 5")
        .extracting(BuildFailedException::status)
        .isEqualTo(BuildStatus.PERMANENT_FAILURE);
    assertThat(failure(script("exit 5").fixedOutput(content), BuildOptions.unbounded()).status())
        .isEqualTo(BuildStatus.TRANSIENT_FAILURE);
    assertThat(failure(script("kill -9 $$"), BuildOptions.unbounded()))
        .hasMessageContaining("signal 9");
  }

  @Test
  void a_fixed_output_of_the_right_hash_is_accepted_as_a_tree() throws Exception {
    NarTree tree = NarTree.directory(Map.of("file", NarTree.file("text\n")));
    Hash hash = Hash.compute(HashAlgorithm.SHA256, tree.toNar().toByteArray());

    StorePath out =
        build(
            script("/bin/mkdir $out; echo text > $out/file")
                .fixedOutput(new ContentAddress(ContentAddressMethod.NAR, hash)));

    assertThat(store.tree(out)).isEqualTo(tree);
    assertThat(store.info(out).orElseThrow().isContentAddressed()).isTrue();
  }

  @Test
  void every_bound_ends_a_build_with_a_status_of_its_own() {
    BuildOptions none = BuildOptions.unbounded();

    assertThat(failure(script("/bin/sleep 100"), none.withTimeout(Duration.ofSeconds(1))))
        .hasMessageContaining("timed out after 1 seconds")
        .extracting(BuildFailedException::status)
        .isEqualTo(BuildStatus.TIMED_OUT);
    assertThat(failure(script("/bin/sleep 100"), none.withMaxSilentTime(Duration.ofSeconds(1))))
        .hasMessageContaining("of silence")
        .extracting(BuildFailedException::status)
        .isEqualTo(BuildStatus.TIMED_OUT);
    assertThat(
            failure(script("while :; do echo more; done"), none.withMaxLogSizeBytes(1_000))
                .status())
        .isEqualTo(BuildStatus.LOG_LIMIT_EXCEEDED);
    assertThat(logText().length()).isLessThanOrEqualTo(1_000);
  }

  @Test
  void cancelling_kills_everything_that_the_builder_has_started() throws Exception {
    BuildOptions options = BuildOptions.unbounded();
    BuildWatch watch = new BuildWatch(options);
    CompletableFuture<StorePath> building =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return build(
                    script("(/bin/sleep 1000 &) ; (/bin/sleep 1000 & echo begun); /bin/sleep 1000"),
                    options,
                    context -> {},
                    watch);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    logged.await();

    watch.cancel();

    assertThatThrownBy(() -> building.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void what_a_program_leaves_running_is_ended_with_it() throws Exception {
    StorePath out = build(script("(/bin/sleep 1000 &); echo done > $out"));

    assertThat(store.text(out)).isEqualTo("done\n");
  }

  @Test
  void a_derivation_that_does_not_fit_is_rejected() {
    BuildOptions none = BuildOptions.unbounded();
    DerivationBuilder mips =
        DerivationBuilder.named("test", store.storeDir()).system("mips-linux").builder("x");

    assertThat(failure(mips, none).status()).isEqualTo(BuildStatus.INPUT_REJECTED);
    assertThat(failure(script("").environment("requiredSystemFeatures", "quantum kvm"), none))
        .hasMessageContaining("quantum")
        .extracting(BuildFailedException::status)
        .isEqualTo(BuildStatus.INPUT_REJECTED);
    assertThat(
            failure(
                    script("").floatingOutputs(ContentAddressMethod.NAR, HashAlgorithm.SHA256),
                    none)
                .status())
        .isEqualTo(BuildStatus.INPUT_REJECTED);
  }

  @Test
  void outputs_that_refer_to_each_other_in_a_circle_are_rejected() {
    assertThat(
            failure(
                script("echo $b > $a; echo $a > $b").outputs("a", "b"), BuildOptions.unbounded()))
        .hasMessageContaining("cycle")
        .extracting(BuildFailedException::status)
        .isEqualTo(BuildStatus.OUTPUT_REJECTED);
  }

  @Test
  void a_function_builds_and_fails_as_it_likes() throws Exception {
    DerivationBuilder function =
        DerivationBuilder.named("test", store.storeDir()).system(SYSTEM).builder("function");
    BuildOptions none = BuildOptions.unbounded();

    assertThat(
            catchThrowableOfType(
                    BuildFailedException.class,
                    () ->
                        build(
                            function,
                            none,
                            context -> {
                              throw new BuildFailedException(
                                  BuildStatus.NOT_DETERMINISTIC, "on purpose");
                            }))
                .status())
        .isEqualTo(BuildStatus.NOT_DETERMINISTIC);
    assertThatThrownBy(
            () ->
                build(
                    function,
                    none,
                    context -> {
                      throw new IllegalStateException("a mistake");
                    }))
        .isInstanceOf(BuildFailedException.class)
        .hasMessageContaining("a mistake");
    assertThatThrownBy(
            () ->
                build(
                    function,
                    none.withTimeout(Duration.ofSeconds(1)),
                    context -> new CountDownLatch(1).await()))
        .hasMessageContaining("timed out");

    StorePath out =
        build(
            function,
            none,
            context -> {
              context.log("on " + context.machine());
              context.write("out", "of " + context.variable("name").orElseThrow());
            });
    assertThat(store.text(out)).isEqualTo("of test");
    assertThat(logText()).contains("on test\n");
  }
}
