package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import io.github.remotebuild.store.CopyException.Side;
import io.github.remotebuild.testkit.NeedsRealPeers;
import io.github.remotebuild.testkit.RealHub;
import io.github.remotebuild.testkit.RealMachine;
import io.github.remotebuild.testkit.RealPeers;
import io.github.remotebuild.testkit.Tool;
import io.github.remotebuild.transport.StderrSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Everything once with the real {@code nix-store --serve --write}, here and on each machine. */
@NeedsRealPeers
final class ServeSessionIT {
  private final RealPeers peers;

  @TempDir private Path scratch;
  private final String salt = UUID.randomUUID().toString();
  private final String remoteScratch = "/tmp/remote-build-it-" + salt;

  ServeSessionIT(RealPeers peers) {
    this.peers = peers;
  }

  @BeforeEach
  @AfterEach
  void cleanUp() {
    Tool.of("chmod", "-R", "u+w", scratch.toString()).run().orThrow();
    for (RealMachine machine : peers.machines()) {
      machine.run("rm", "-rf", remoteScratch).orThrow();
    }
  }

  /** A session with the store of a machine, or with another store on it. */
  private ServeSession open(String machine, ServeCommand command, StderrSink stderr)
      throws InterruptedException {
    return ServeSession.open(
        machine,
        new ProcessConnection(List.of("ssh", "-F", peers.sshConfig().toString(), machine)),
        command,
        stderr,
        SessionSettings.defaults());
  }

  private ServeSession open(String machine, ServeCommand command) throws InterruptedException {
    return open(machine, command, StderrSink.discarding());
  }

  /** A session with a store of its own below a directory of this computer. */
  private static ServeSession openLocal(Path root) throws InterruptedException {
    return ServeSession.open(
        "local",
        new ProcessConnection(),
        onScratch(root.toString()),
        StderrSink.discarding(),
        SessionSettings.defaults());
  }

  private static ServeCommand onScratch(String root) {
    return ServeCommand.nixStore().onStore("local?root=" + root);
  }

  /** A test for each machine. */
  private interface OnMachine {
    void test(String machine) throws Exception;
  }

  private Stream<DynamicTest> onEach(OnMachine test) {
    return peers.names().stream()
        .map(machine -> DynamicTest.dynamicTest(machine, () -> test.test(machine)));
  }

  private static Map<String, Consumer<StoreSession>> storing() {
    Map<String, Consumer<StoreSession>> all = new LinkedHashMap<>();
    all.put("add and query", fresh()::addAndQuery);
    all.put("read what is missing", fresh()::readMissing);
    all.put("add what is damaged", fresh()::addDamaged);
    return all;
  }

  private static Map<String, Consumer<StoreSession>> building() {
    Map<String, Consumer<StoreSession>> all = new LinkedHashMap<>();
    all.put("build", fresh()::build);
    all.put("build what fails", fresh()::buildFails);
    all.put("build what is silent", fresh()::buildIsSilent);
    return all;
  }

  private static Conversations fresh() {
    return new Conversations(UUID.randomUUID().toString());
  }

  @TestFactory
  Stream<DynamicTest> conversations_go_as_recorded() {
    List<DynamicTest> tests = new ArrayList<>();
    storing()
        .forEach(
            (name, conversation) ->
                tests.add(
                    DynamicTest.dynamicTest(
                        name + " locally",
                        () -> {
                          try (StoreSession session = openLocal(scratch)) {
                            conversation.accept(session);
                          }
                        })));
    for (String machine : peers.names()) {
      Map<String, Consumer<StoreSession>> all = storing();
      all.putAll(building());
      all.forEach(
          (name, conversation) ->
              tests.add(
                  DynamicTest.dynamicTest(
                      name + " on " + machine,
                      () -> {
                        ServeCommand command = ServeCommand.nixStore().buildingThere();
                        try (StoreSession session = open(machine, command)) {
                          conversation.accept(session);
                        }
                      })));
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> finishing_cancels_a_build_and_sees_the_process_end() {
    return onEach(
        machine -> {
          Conversations conversations = fresh();
          CountDownLatch isBuilding = new CountDownLatch(1);
          ByteArrayOutputStream log = new ByteArrayOutputStream();
          StderrSink stderr =
              (buffer, offset, length) -> {
                log.write(buffer, offset, length);
                if (log.toString(StandardCharsets.UTF_8).contains("now building")) {
                  isBuilding.countDown();
                }
              };
          ServeSession session = open(machine, ServeCommand.nixStore(), stderr);
          conversations.addHello(session);
          BasicDerivation derivation =
              conversations.derivation(
                  conversations.path("endless"), "echo now building >&2; exec sleep 1000");
          CompletableFuture<StoreException> build =
              CompletableFuture.supplyAsync(
                  () ->
                      catchThrowableOfType(
                          StoreException.class,
                          () ->
                              session.buildDerivation(
                                  conversations.path("endless.drv"),
                                  derivation,
                                  BuildOptions.unbounded())));
          isBuilding.await();

          SessionEnd end = session.finish();

          assertThat(end.isConfirmed()).isTrue();
          assertThat(end.exitStatus()).hasValue(1);
          assertThat(build.get().problem()).isEqualTo(StoreProblem.ABORTED);
        });
  }

  @TestFactory
  Stream<DynamicTest> a_closure_goes_there_and_back() {
    return onEach(
        machine -> {
          Conversations conversations = fresh();
          Path home = scratch.resolve(machine + "-home");
          Path back = scratch.resolve(machine + "-back");
          List<PathInfo> infos = new ArrayList<>();
          try (StoreSession source = openLocal(home)) {
            NarUpload upload = source.addNars(path -> {});
            for (int i = 0; i < 2000; i++) {
              NarTree tree = NarTree.file("content of " + i);
              List<StorePath> references = i == 0 ? List.of() : List.of(infos.get(i - 1).path());
              infos.add(Conversations.info(conversations.path("p" + i), tree, references));
              Conversations.write(upload, infos.get(i), tree);
            }
            upload.finish();
          }

          ServeCommand remote = onScratch(remoteScratch);
          try (StoreSession from = openLocal(home);
              StoreSession to = open(machine, remote)) {
            ClosureCopy.copy(infos, from, to, CopyListener.none());
          }
          try (StoreSession from = open(machine, remote);
              StoreSession to = openLocal(back)) {
            assertThat(from.queryClosure(List.of(infos.get(1999).path()))).hasSize(2000);
            ClosureCopy.copy(infos, from, to, CopyListener.none());
            assertThat(to.queryPathInfos(infos.stream().map(PathInfo::path).toList()).values())
                .containsExactlyInAnyOrderElementsOf(infos);
          }
          RealHub.at(back).nixStore("--verify", "--check-contents").orThrow();
        });
  }

  @TestFactory
  Stream<DynamicTest> a_large_path_goes_there_and_back() {
    return onEach(
        machine -> {
          byte[] noise = new byte[64 * 1024 * 1024];
          new Random(1).nextBytes(noise);
          Path file = Files.write(scratch.resolve("large-" + machine), noise);
          Path home = scratch.resolve(machine + "-home");
          Path back = scratch.resolve(machine + "-back");
          String added = RealHub.at(home).nixStore("--add", file.toString()).orThrow().out();
          StorePath path = StorePath.parse(added.strip());

          ServeCommand remote = onScratch(remoteScratch);
          PathInfo info;
          try (StoreSession from = openLocal(home);
              StoreSession to = open(machine, remote)) {
            info = from.queryPathInfos(List.of(path)).get(path);
            ClosureCopy.copy(List.of(info), from, to, CopyListener.none());
          }
          try (StoreSession from = open(machine, remote);
              StoreSession to = openLocal(back)) {
            ClosureCopy.copy(List.of(info), from, to, CopyListener.none());
            assertThat(to.queryPathInfos(List.of(path))).containsEntry(path, info);
          }
          assertThat(Files.mismatch(file, back.resolve(path.toString().substring(1))))
              .isEqualTo(-1);
        });
  }

  private PathInfo addedAt(Path root, Conversations conversations) throws InterruptedException {
    try (StoreSession session = openLocal(root)) {
      conversations.addHello(session);
    }
    return conversations.hello;
  }

  private static Path onDisk(Path root, PathInfo info) {
    return root.resolve(info.path().toString().substring(1));
  }

  private CopyException copyFailure(Path from, Path to, PathInfo info) throws Exception {
    try (StoreSession source = openLocal(from);
        StoreSession destination = openLocal(to)) {
      return catchThrowableOfType(
          CopyException.class,
          () -> ClosureCopy.copy(List.of(info), source, destination, CopyListener.none()));
    }
  }

  @Test
  void a_path_changed_on_disk_does_not_become_valid_elsewhere() throws Exception {
    Path from = scratch.resolve("from");
    Path to = scratch.resolve("to");
    PathInfo info = addedAt(from, fresh());
    Tool.of("chmod", "u+w", onDisk(from, info).toString()).run().orThrow();
    Files.writeString(onDisk(from, info), "HELLO\n");

    CopyException failure = copyFailure(from, to, info);

    assertThat(failure.side()).isEqualTo(Side.SOURCE);
    assertThat(failure.problem()).isEqualTo(StoreProblem.HASH_MISMATCH);
    try (StoreSession session = openLocal(to)) {
      assertThat(session.queryValidPaths(List.of(info.path()), Set.of())).isEmpty();
    }
  }

  @Test
  void a_path_gone_from_the_disk_is_reported_in_the_words_of_the_source() throws Exception {
    Path from = scratch.resolve("from");
    PathInfo info = addedAt(from, fresh());
    Files.delete(onDisk(from, info));

    CopyException failure = copyFailure(from, scratch.resolve("to"), info);

    assertThat(failure.side()).isEqualTo(Side.SOURCE);
    assertThat(failure.problem()).isEqualTo(StoreProblem.REJECTED);
    assertThat(failure).hasMessageContaining("error: getting status of");
  }

  @Test
  void what_another_process_adds_later_is_seen() throws Exception {
    Path root = scratch.resolve("store");
    Conversations conversations = fresh();
    try (StoreSession session = openLocal(root)) {
      StorePath path = conversations.hello.path();
      assertThat(session.queryValidPaths(List.of(path), Set.of())).isEmpty();

      addedAt(root, conversations);

      assertThat(session.queryValidPaths(List.of(path), Set.of())).containsExactly(path);
    }
  }

  private StoreException openFailure(String machine, List<String> program) {
    return catchThrowableOfType(
        StoreException.class, () -> open(machine, ServeCommand.nixStore().withProgram(program)));
  }

  @TestFactory
  Stream<DynamicTest> a_program_that_is_missing_or_none_is_told_apart() {
    return onEach(
        machine -> {
          assertThat(openFailure(machine, List.of("no-such-nix-store")).problem())
              .isEqualTo(StoreProblem.PROGRAM_MISSING);
          assertThat(openFailure(machine, List.of("echo", "no", "entry")).problem())
              .isEqualTo(StoreProblem.NOT_A_STORE);
          assertThat(openFailure(machine, List.of("false")).problem())
              .isEqualTo(StoreProblem.ENDED);
          assertThat(openFailure(machine, List.of("nix-store", "--no-such-option")).problem())
              .isEqualTo(StoreProblem.REJECTED);
        });
  }

  @TestFactory
  Stream<DynamicTest> a_talkative_login_is_skipped() {
    return onEach(
        machine -> {
          List<String> program = List.of("sh", "-c", "echo Welcome; exec nix-store \"$@\"", "sh");
          try (ServeSession session = open(machine, ServeCommand.nixStore().withProgram(program))) {
            assertThat(session.noise()).isEqualTo("Welcome\n");
            assertThat(session.queryValidPaths(List.of(), Set.of())).isEmpty();
          }
        });
  }
}
