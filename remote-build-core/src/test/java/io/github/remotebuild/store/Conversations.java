package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.remotebuild.model.BasicDerivation;
import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationOutput;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Signature;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Conversations with a store, and what must come of them: held with real stores, live and recorded.
 *
 * <p>All paths depend on {@code salt}; none of them may be valid beforehand.
 */
final class Conversations {
  private final String salt;
  final NarTree helloTree = NarTree.file("hello\n");
  final PathInfo hello;
  final NarTree dirTree;
  final PathInfo dir;

  Conversations(String salt) {
    this.salt = salt;
    this.hello = info(path("hello"), helloTree, List.of());
    this.dirTree =
        NarTree.directory(
            Map.of(
                "hello", NarTree.symlink(hello.path().toString()),
                "run", NarTree.executable("#!/bin/sh\n")));
    PathInfo plain = info(path("dir"), dirTree, List.of(hello.path(), path("dir")));
    this.dir =
        new PathInfo(
            plain.path(),
            plain.narHash(),
            plain.narSizeBytes(),
            plain.references(),
            Optional.of(path("dir.drv")),
            new TreeSet<>(List.of(new Signature("test-1:" + "A".repeat(86) + "=="))),
            Optional.empty());
  }

  StorePath path(String name) {
    Hash hash = Hash.compute(HashAlgorithm.SHA256, ByteString.of(name + salt).toByteArray());
    return StorePath.of(StoreDir.NIX, Arrays.copyOf(hash.toByteArray(), 20), name);
  }

  static PathInfo info(StorePath path, NarTree tree, List<StorePath> references) {
    ByteString nar = tree.toNar();
    return PathInfo.of(
        path, Hash.compute(HashAlgorithm.SHA256, nar.toByteArray()), nar.sizeBytes(), references);
  }

  static void write(NarUpload upload, PathInfo info, NarTree tree) {
    byte[] nar = tree.toNar().toByteArray();
    upload.begin(info);
    upload.write(nar, 0, nar.length);
  }

  void addHello(StoreSession session) {
    List<StorePath> confirmed = new ArrayList<>();
    NarUpload upload = session.addNars(confirmed::add);
    write(upload, hello, helloTree);
    upload.finish();
    assertThat(confirmed).containsExactly(hello.path());
  }

  /** Adds two paths and asks everything that can be asked about them. */
  void addAndQuery(StoreSession session) {
    List<StorePath> all = List.of(dir.path(), hello.path(), path("missing"));
    assertThat(session.queryValidPaths(all, Set.of(ValidityOption.LOCK))).isEmpty();
    assertThat(session.queryPathInfos(all)).isEmpty();

    List<StorePath> confirmed = new ArrayList<>();
    NarUpload upload = session.addNars(confirmed::add);
    write(upload, hello, helloTree);
    write(upload, dir, dirTree);
    upload.finish();
    assertThat(confirmed).containsExactly(hello.path(), dir.path());
    assertThat(upload.unconfirmed()).isEmpty();

    assertThat(session.queryValidPaths(all, Set.of()))
        .containsExactlyInAnyOrder(hello.path(), dir.path());
    assertThat(session.queryPathInfos(all)).containsOnlyKeys(dir.path(), hello.path());
    assertThat(session.queryPathInfos(all).values()).containsExactlyInAnyOrder(hello, dir);
    assertThat(session.queryClosure(List.of(dir.path())))
        .containsExactlyInAnyOrder(hello.path(), dir.path());
    assertThat(session.readFiles(List.of(hello.path()), 100))
        .isEqualTo(new TreeMap<>(Map.of(hello.path(), ByteString.of("hello\n"))));

    NarCollector collector = new NarCollector();
    session.readNars(List.of(dir.path(), hello.path()), collector);
    assertThat(collector.nars)
        .isEqualTo(Map.of(dir.path(), dirTree.toNar(), hello.path(), helloTree.toNar()));
    assertThat(session.queryValidPaths(List.of(), Set.of())).isEmpty();
  }

  /** Builds something, looks at it, and asks for it again. */
  void build(StoreSession session) {
    addHello(session);
    StorePath out = path("built");
    BasicDerivation derivation =
        derivation(out, "read line < $hello; echo \"built: $line $hello\" > $out; echo log >&2");

    BuildResult first =
        session.buildDerivation(path("built.drv"), derivation, BuildOptions.unbounded());

    assertThat(first.status()).isEqualTo(BuildStatus.BUILT);
    assertThat(first.isSuccess()).isTrue();
    assertThat(first.errorMessage()).isEmpty();
    assertThat(first.startTime()).isPresent();
    assertThat(first.stopTime()).isPresent();
    assertThat(first.builtOutputs()).containsOnlyKeys("out");
    assertThat(first.builtOutputs().get("out").path()).isEqualTo(out);
    PathInfo info = session.queryPathInfos(List.of(out)).get(out);
    assertThat(info.references()).containsExactly(hello.path());
    assertThat(info.deriver()).contains(path("built.drv"));
    assertThat(session.readFiles(List.of(out), 1000).get(out))
        .isEqualTo(ByteString.of("built: hello " + hello.path() + "\n"));

    BuildOptions bounded =
        new BuildOptions(Duration.ofSeconds(10), Duration.ofSeconds(60), 1 << 20, true);
    BuildResult second = session.buildDerivation(path("built.drv"), derivation, bounded);
    assertThat(second.status()).isEqualTo(BuildStatus.ALREADY_VALID);
    assertThat(second.builtOutputs().get("out").path()).isEqualTo(out);
  }

  /** Builds what cannot be built; the session goes on. */
  void buildFails(StoreSession session) {
    addHello(session);
    BasicDerivation derivation = derivation(path("failing"), "echo too bad >&2; exit 3");

    BuildResult result =
        session.buildDerivation(path("failing.drv"), derivation, BuildOptions.unbounded());

    assertThat(result.status()).isEqualTo(BuildStatus.PERMANENT_FAILURE);
    assertThat(result.isSuccess()).isFalse();
    assertThat(result.builtOutputs()).isEmpty();
    assertThat(result.errorMessage()).contains("\u001b[");
    assertThat(result.plainErrorMessage())
        .contains("builder for '" + path("failing.drv") + "' failed with exit code 3")
        .doesNotContain("\u001b");
    assertThat(session.queryValidPaths(List.of(hello.path()), Set.of()))
        .containsExactly(hello.path());
  }

  /** Runs into the builder's bound on silence. */
  void buildIsSilent(StoreSession session) {
    addHello(session);
    BasicDerivation derivation = derivation(path("silent"), "exec sleep 30");

    BuildResult result =
        session.buildDerivation(
            path("silent.drv"),
            derivation,
            BuildOptions.unbounded().withMaxSilentTime(Duration.ofMillis(1001)));

    assertThat(result.status()).isEqualTo(BuildStatus.TIMED_OUT);
    assertThat(result.plainErrorMessage()).contains("timed out after 2 seconds of silence");
  }

  /** Reads a path that is not there: the store process says so and ends. */
  void readMissing(StoreSession session) {
    addHello(session);
    NarCollector collector = new NarCollector();

    assertThatThrownBy(() -> session.readNars(List.of(hello.path(), path("missing")), collector))
        .asInstanceOf(type(StoreException.class))
        .satisfies(
            e -> {
              assertThat(e.problem()).isEqualTo(StoreProblem.REJECTED);
              assertThat(e.getMessage())
                  .startsWith("Could not read " + path("missing") + " on " + session.name())
                  .contains("is not valid");
              assertThat(String.join("\n", e.evidence())).contains("is not valid");
            });
    assertThat(collector.nars).containsOnlyKeys(hello.path());
    assertUnusable(session);
  }

  /** Adds a path whose NAR has another hash: the store process says so and ends. */
  void addDamaged(StoreSession session) {
    PathInfo wrong = info(path("dir"), NarTree.file("HELLO\n"), List.of());
    List<StorePath> confirmed = new ArrayList<>();
    NarUpload upload = session.addNars(confirmed::add);
    write(upload, hello, helloTree);

    assertThatThrownBy(
            () -> {
              write(upload, wrong, helloTree);
              upload.finish();
            })
        .asInstanceOf(type(StoreException.class))
        .satisfies(
            e -> {
              assertThat(e.problem()).isEqualTo(StoreProblem.REJECTED);
              assertThat(e.getMessage())
                  .startsWith("Could not add " + wrong.path() + " on " + session.name())
                  .contains("hash mismatch importing path");
            });
    assertThat(confirmed).containsExactly(hello.path());
    assertThat(upload.unconfirmed()).containsExactly(wrong.path());
    assertUnusable(session);
  }

  private static void assertUnusable(StoreSession session) {
    assertThat(session.isUsable()).isFalse();
    assertThatThrownBy(() -> session.queryValidPaths(List.of(), Set.of()))
        .asInstanceOf(type(StoreException.class))
        .extracting(StoreException::problem)
        .isEqualTo(StoreProblem.UNUSABLE);
  }

  BasicDerivation derivation(StorePath out, String script) {
    SortedMap<ByteString, ByteString> environment = new TreeMap<>();
    environment.put(ByteString.of("out"), ByteString.of(out.toString()));
    environment.put(ByteString.of("hello"), ByteString.of(hello.path().toString()));
    environment.put(ByteString.of("PATH"), ByteString.of("/usr/bin:/bin"));
    return new BasicDerivation(
        new TreeMap<>(Map.of("out", new DerivationOutput.InputAddressed(out))),
        new TreeSet<>(List.of(hello.path())),
        "x86_64-linux",
        ByteString.of("/bin/sh"),
        List.of(ByteString.of("-c"), ByteString.of(script)),
        environment);
  }

  /** Keeps whole NARs. */
  static class NarCollector implements NarReceiver {
    final Map<StorePath, ByteString> nars = new TreeMap<>();
    private StorePath path;
    private ByteArrayOutputStream bytes;

    @Override
    public void begin(StorePath next) {
      path = next;
      bytes = new ByteArrayOutputStream();
    }

    @Override
    public void chunk(byte[] buffer, int offset, int length) {
      bytes.write(buffer, offset, length);
    }

    @Override
    public void lastChunk(byte[] buffer, int offset, int length) {
      bytes.write(buffer, offset, length);
      nars.put(path, ByteString.of(bytes.toByteArray()));
    }
  }
}
