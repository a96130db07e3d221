package io.github.remotebuild.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.ContentAddress;
import io.github.remotebuild.model.ContentAddressMethod;
import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.store.NarUpload;
import io.github.remotebuild.store.SessionSettings;
import io.github.remotebuild.store.Store;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.store.StoreSession;
import io.github.remotebuild.store.ValidityOption;
import io.github.remotebuild.transport.ConnectOptions;
import io.github.remotebuild.transport.StderrSink;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every store, and every session on one, must do, as tests to inherit.
 *
 * <p>The store may be new or have been used for years: the tests add paths that nobody has seen
 * before, and delete nothing. A builder must be able to run {@code /bin/sh}, with {@code sleep} and
 * {@code mkdir} on the path {@code /usr/bin:/bin}.
 *
 * @since 0.1
 */
public abstract class StoreContract {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ThreadLedger threads = new ThreadLedger();
  private final String salt = UUID.randomUUID().toString();
  private StoreFixture make = new StoreFixture(StoreDir.NIX, salt);

  /** For subclasses. */
  protected StoreContract() {}

  /** The store; asked for before each test. */
  protected abstract Store store() throws Exception;

  /** A system that builders of the store run on. */
  protected String system() {
    return "x86_64-linux";
  }

  /** Whether file names may be more than ASCII, as everywhere but in some embedded stores. */
  protected boolean takesAnyName() {
    return true;
  }

  @BeforeEach
  final void prepare() throws Exception {
    make = new StoreFixture(store().storeDir(), salt);
  }

  @AfterEach
  final void no_thread_is_left() throws InterruptedException {
    threads.assertAllEnd(PATIENCE);
  }

  private StoreSession open() throws Exception {
    return open(StderrSink.discarding());
  }

  private StoreSession open(StderrSink stderr) throws Exception {
    ConnectOptions options =
        new ConnectOptions(PATIENCE, PATIENCE, Duration.ofSeconds(10), 3, threads);
    return store().open(stderr, options, SessionSettings.defaults());
  }

  private static StoreException failure(Runnable question) {
    return catchThrowableOfType(StoreException.class, question::run);
  }

  @Test
  final void a_session_names_itself_and_its_store_directory() throws Exception {
    try (StoreSession session = open()) {
      assertThat(session.name()).isEqualTo(store().name());
      assertThat(session.storeDir()).isEqualTo(store().storeDir());
      assertThat(session.isUsable()).isTrue();
    }
  }

  @Test
  final void what_was_never_added_is_neither_valid_nor_known() throws Exception {
    StorePath stranger = make.file("stranger").path();
    try (StoreSession session = open()) {
      assertThat(session.queryValidPaths(List.of(stranger), Set.of())).isEmpty();
      assertThat(session.queryPathInfos(List.of(stranger))).isEmpty();
      assertThat(session.queryValidPaths(List.of(), Set.of())).isEmpty();
    }
  }

  @Test
  final void what_was_added_is_confirmed_valid_and_known() throws Exception {
    StoreFixture.Source base = make.file("base");
    StoreFixture.Source user = make.file("user", base.path());
    StorePath stranger = make.file("stranger").path();
    try (StoreSession session = open()) {
      assertThat(StoreFixture.add(session, base, user)).containsExactly(base.path(), user.path());

      assertThat(session.queryValidPaths(List.of(user.path(), stranger, base.path()), Set.of()))
          .containsExactlyInAnyOrder(base.path(), user.path());
      Map<StorePath, PathInfo> infos =
          session.queryPathInfos(List.of(base.path(), user.path(), stranger));
      assertThat(infos).containsOnlyKeys(base.path(), user.path());
      assertThat(get(infos, user.path())).isEqualTo(user.info());
    }
  }

  @Test
  final void what_one_session_adds_another_finds() throws Exception {
    StoreFixture.Source source = make.file("shared");
    try (StoreSession one = open();
        StoreSession two = open()) {
      StoreFixture.add(one, source);

      assertThat(two.queryValidPaths(List.of(source.path()), EnumSet.of(ValidityOption.LOCK)))
          .containsExactly(source.path());
    }
  }

  @Test
  final void adding_what_is_there_already_changes_nothing() throws Exception {
    StoreFixture.Source source = make.file("twice");
    try (StoreSession session = open()) {
      StoreFixture.add(session, source);

      assertThat(StoreFixture.add(session, source)).containsExactly(source.path());
      assertThat(session.queryPathInfos(List.of(source.path())).get(source.path()))
          .isEqualTo(source.info());
    }
  }

  @Test
  final void archives_come_back_as_they_were_and_in_the_order_asked() throws Exception {
    StoreFixture.Source tree =
        make.source(
            "tree",
            NarTree.directory(
                Map.of(
                    "Z", NarTree.file(""),
                    "bin", NarTree.directory(Map.of("run", NarTree.executable("#!/bin/sh\n"))),
                    "link", NarTree.symlink("bin/../nowhere"),
                    "salt", NarTree.file(salt),
                    "text", NarTree.file("ä"))));
    StoreFixture.Source large =
        make.source("large", NarTree.file(make.salted("0123456789".repeat(50_000))));
    try (StoreSession session = open()) {
      StoreFixture.add(session, tree, large);

      Map<StorePath, ByteString> nars =
          StoreFixture.nars(session, List.of(large.path(), tree.path()));
      assertThat(nars.get(tree.path())).isEqualTo(ByteString.of(tree.nar()));
      assertThat(nars.get(large.path())).isEqualTo(ByteString.of(large.nar()));
      assertThat(session.isUsable()).isTrue();
    }
  }

  @Test
  final void names_may_have_any_characters() throws Exception {
    Assumptions.assumeTrue(takesAnyName(), "this store only takes names in ASCII");
    StoreFixture.Source tree =
        make.source("names", NarTree.directory(Map.of("ä ö\n'", NarTree.file(salt))));
    try (StoreSession session = open()) {
      StoreFixture.add(session, tree);

      assertThat(StoreFixture.nars(session, List.of(tree.path())))
          .containsEntry(tree.path(), ByteString.of(tree.nar()));
    }
  }

  @Test
  final void hundreds_of_small_paths_are_added_and_read_in_one_go() throws Exception {
    StoreFixture.Source[] sources = new StoreFixture.Source[400];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = i == 0 ? make.file("chain") : make.file("chain-" + i, sources[i - 1].path());
    }
    List<StorePath> paths = List.of(sources).stream().map(StoreFixture.Source::path).toList();
    try (StoreSession session = open()) {
      assertThat(StoreFixture.add(session, sources)).isEqualTo(paths);
      assertThat(StoreFixture.nars(session, paths)).hasSize(sources.length);
      assertThat(session.queryClosure(List.of(paths.get(399)))).hasSize(400);
    }
  }

  @Test
  final void the_closure_is_what_can_be_reached() throws Exception {
    StoreFixture.Source base = make.file("base");
    StoreFixture.Source middle = make.file("middle", base.path());
    StoreFixture.Source top = make.file("top", middle.path());
    StoreFixture.Source other = make.file("other");
    try (StoreSession session = open()) {
      StoreFixture.add(session, base, middle, top, other);

      assertThat(session.queryClosure(List.of(top.path())))
          .containsExactlyInAnyOrder(base.path(), middle.path(), top.path());
    }
  }

  @Test
  final void files_are_read_as_they_were_added() throws Exception {
    StoreFixture.Source file = make.source("file", NarTree.file(make.salted("text")));
    try (StoreSession session = open()) {
      StoreFixture.add(session, file);

      assertThat(session.readFiles(List.of(file.path()), 1_000))
          .isEqualTo(new TreeMap<>(Map.of(file.path(), ByteString.of(make.salted("text")))));
    }
  }

  @Test
  final void a_file_larger_than_wanted_is_refused() throws Exception {
    StoreFixture.Source file = make.source("file", NarTree.file(make.salted("text")));
    try (StoreSession session = open()) {
      StoreFixture.add(session, file);

      StoreException failure = failure(() -> session.readFiles(List.of(file.path()), 10));
      assertThat(failure.problem()).isEqualTo(StoreProblem.TOO_LARGE);
      assertThat(session.isUsable()).isFalse();
    }
  }

  @Test
  final void a_damaged_archive_does_not_become_a_valid_path() throws Exception {
    StoreFixture.Source good = make.file("good");
    byte[] damaged = good.nar().clone();
    damaged[100] ^= 1;
    try (StoreSession session = open()) {
      NarUpload upload = session.addNars(path -> {});
      StoreException failure =
          failure(
              () -> {
                upload.begin(good.info());
                upload.write(damaged, 0, damaged.length);
                upload.finish();
              });

      assertThat(failure.problem()).isEqualTo(StoreProblem.REJECTED);
      assertThat(failure).hasMessageContaining("hash mismatch");
      assertThat(session.isUsable()).isFalse();
      assertThat(failure(() -> session.queryValidPaths(List.of(), Set.of())).problem())
          .isEqualTo(StoreProblem.UNUSABLE);
    }
    try (StoreSession session = open()) {
      assertThat(session.queryValidPaths(List.of(good.path()), Set.of())).isEmpty();
    }
  }

  @Test
  final void a_path_whose_reference_is_missing_is_refused() throws Exception {
    StoreFixture.Source missing = make.file("missing");
    StoreFixture.Source user = make.file("user", missing.path());
    try (StoreSession session = open()) {
      StoreException failure = failure(() -> StoreFixture.add(session, user));

      assertThat(failure.problem()).isEqualTo(StoreProblem.REJECTED);
      assertThat(failure.evidence()).anyMatch(line -> line.contains(missing.path().baseName()));
    }
    try (StoreSession session = open()) {
      assertThat(session.queryValidPaths(List.of(user.path()), Set.of())).isEmpty();
    }
  }

  @Test
  final void reading_what_is_not_valid_fails_and_says_which_path() throws Exception {
    StorePath stranger = make.file("stranger").path();
    try (StoreSession session = open()) {
      StoreException failure = failure(() -> StoreFixture.nars(session, List.of(stranger)));

      assertThat(failure).hasMessageContaining(stranger.toString());
      assertThat(session.isUsable()).isFalse();
    }
  }

  @Test
  final void a_build_makes_its_outputs_valid_and_finds_their_references() throws Exception {
    StoreFixture.Source input = make.file("input");
    StoreFixture.Source unused = make.file("unused");
    Derivation derivation =
        make.build(
            make.script(
                    "two-outputs",
                    system(),
                    "echo to the log; mkdir $out; echo "
                        + input.path()
                        + " > $out/names;"
                        + " echo $out > $dev",
                    input.path(),
                    unused.path())
                .outputs("out", "dev"));
    CapturedStderr log = new CapturedStderr();
    try (StoreSession session = open(log)) {
      StoreFixture.add(session, input, unused);

      BuildResult result = build(session, derivation);

      assertThat(result.status()).as(result.errorMessage()).isEqualTo(BuildStatus.BUILT);
      StorePath out = output(derivation, "out");
      StorePath dev = output(derivation, "dev");
      Map<StorePath, PathInfo> infos = session.queryPathInfos(List.of(out, dev));
      assertThat(get(infos, out).references()).containsExactly(input.path());
      assertThat(get(infos, dev).references()).containsExactly(out);
      assertThat(get(infos, out).deriver()).contains(derivation.path());
      assertThat(get(session.readFiles(List.of(dev), 1_000), dev).utf8()).isEqualTo(out + "\n");
      assertThat(get(result.builtOutputs(), "out").path()).isEqualTo(out);
      assertThat(result.errorMessage()).isEmpty();
      log.await("to the log", PATIENCE);
    }
  }

  @Test
  final void what_is_built_already_is_not_built_again() throws Exception {
    Derivation derivation = make.build(make.script("once", system(), "echo done > $out"));
    try (StoreSession session = open()) {
      assertThat(build(session, derivation).status()).isEqualTo(BuildStatus.BUILT);
      assertThat(build(session, derivation).status()).isEqualTo(BuildStatus.ALREADY_VALID);
    }
  }

  @Test
  final void a_build_that_fails_is_a_result_and_leaves_nothing() throws Exception {
    Derivation derivation =
        make.build(make.script("fails", system(), "echo half > $out; echo why; exit 3"));
    CapturedStderr log = new CapturedStderr();
    try (StoreSession session = open(log)) {
      BuildResult result = build(session, derivation);

      assertThat(result.status()).isEqualTo(BuildStatus.PERMANENT_FAILURE);
      assertThat(result.plainErrorMessage()).contains("exit code 3");
      log.await("why", PATIENCE);
      assertThat(session.isUsable()).isTrue();
      assertThat(session.queryValidPaths(List.of(output(derivation, "out")), Set.of())).isEmpty();
    }
  }

  @Test
  final void a_build_without_output_is_rejected() throws Exception {
    Derivation derivation = make.build(make.script("nothing", system(), "exit 0"));
    try (StoreSession session = open()) {
      assertThat(build(session, derivation).status()).isEqualTo(BuildStatus.OUTPUT_REJECTED);
    }
  }

  @Test
  final void a_fixed_output_must_have_its_hash() throws Exception {
    ContentAddress right =
        new ContentAddress(
            ContentAddressMethod.FLAT,
            Hash.compute(HashAlgorithm.SHA256, make.salted("right").getBytes(UTF_8)));
    String print = "printf 'right\\n%s\\n' \"$salt\" > $out";
    Derivation good = make.build(make.script("fixed", system(), print).fixedOutput(right));
    Derivation bad =
        make.build(make.script("mistaken", system(), "echo wrong > $out").fixedOutput(right));
    try (StoreSession session = open()) {
      BuildResult fine = build(session, good);
      assertThat(fine.status()).as(fine.errorMessage()).isEqualTo(BuildStatus.BUILT);
      StorePath out = output(good, "out");
      assertThat(get(session.queryPathInfos(List.of(out)), out).contentAddress()).contains(right);

      BuildResult refused = build(session, bad);
      assertThat(refused.status()).isEqualTo(BuildStatus.OUTPUT_REJECTED);
      assertThat(refused.plainErrorMessage())
          .contains("hash mismatch")
          .contains(right.hash().sri());
    }
  }

  @Test
  final void a_build_for_another_system_is_not_tried() throws Exception {
    Derivation derivation = make.build(make.script("strange", "pdp11-multics", "echo no > $out"));
    try (StoreSession session = open()) {
      BuildResult result = build(session, derivation);

      assertThat(result.isSuccess()).isFalse();
      assertThat(result.plainErrorMessage()).contains("pdp11-multics");
    }
  }

  @Test
  final void a_build_that_is_silent_for_too_long_is_ended() throws Exception {
    Derivation derivation =
        make.build(make.script("silent", system(), "echo one word; sleep 1000"));
    try (StoreSession session = open()) {
      BuildOptions options = BuildOptions.unbounded().withMaxSilentTime(Duration.ofSeconds(1));
      BuildResult result =
          session.buildDerivation(derivation.path(), StoreFixture.basic(derivation), options);

      assertThat(result.status()).isEqualTo(BuildStatus.TIMED_OUT);
    }
  }

  @Test
  final void finishing_a_session_from_elsewhere_ends_its_build() throws Exception {
    Derivation derivation = make.build(make.script("endless", system(), "echo begun; sleep 1000"));
    CapturedStderr log = new CapturedStderr();
    try (StoreSession session = open(log)) {
      Blocked build = Blocked.in("buildDerivation", () -> build(session, derivation));
      log.await("begun", PATIENCE);

      assertThat(session.finish().isConfirmed()).isTrue();

      assertThat(build.failsWithin(PATIENCE))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.problem()).isEqualTo(StoreProblem.ABORTED));
    }
    try (StoreSession session = open()) {
      assertThat(session.queryValidPaths(List.of(output(derivation, "out")), Set.of())).isEmpty();
    }
  }

  @Test
  final void aborting_frees_whoever_asks() throws Exception {
    Derivation derivation = make.build(make.script("endless", system(), "echo begun; sleep 1000"));
    CapturedStderr log = new CapturedStderr();
    StoreSession session = open(log);
    Blocked build = Blocked.in("buildDerivation", () -> build(session, derivation));
    log.await("begun", PATIENCE);

    session.abort();
    session.abort();

    assertThat(build.failsWithin(PATIENCE))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.problem()).isEqualTo(StoreProblem.ABORTED));
    assertThat(session.isUsable()).isFalse();
  }

  @Test
  final void a_finished_session_answers_no_more() throws Exception {
    StoreSession session = open();
    assertThat(session.end()).isEmpty();

    assertThat(session.finish().exitStatus()).hasValue(0);

    assertThat(session.finish()).isEqualTo(session.end().orElseThrow());
    assertThat(session.isUsable()).isFalse();
    assertThat(failure(() -> session.queryValidPaths(List.of(), Set.of())).problem())
        .isEqualTo(StoreProblem.UNUSABLE);
  }

  private static BuildResult build(StoreSession session, Derivation derivation) {
    return session.buildDerivation(
        derivation.path(), StoreFixture.basic(derivation), BuildOptions.unbounded());
  }

  private static StorePath output(Derivation derivation, String name) {
    return get(derivation.outputs(), name).path().orElseThrow();
  }

  private static <K, V> V get(Map<K, V> map, K key) {
    return requireNonNull(map.get(key), () -> key + " is missing");
  }
}
