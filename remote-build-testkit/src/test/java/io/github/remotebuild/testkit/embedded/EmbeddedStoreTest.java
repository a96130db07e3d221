package io.github.remotebuild.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.DerivationBuilder;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.nar.NarTree;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {
  @TempDir private Path scratch;
  private EmbeddedStore store;

  @BeforeEach
  void create() {
    store = EmbeddedStore.create(scratch.resolve("store"), EmbeddedStore.DEFAULT_STORE_DIR);
  }

  @AfterEach
  void close() {
    store.close();
    assertThat(scratch.resolve("store")).doesNotExist();
  }

  @Test
  void paths_depend_on_the_logical_directory_alone() {
    assertThat(store.addText("hello.txt", "hello\n").toString())
        .startsWith("/proc/self/fd/9/")
        .endsWith("-hello.txt");
    try (EmbeddedStore other =
        EmbeddedStore.create(scratch.resolve("other"), EmbeddedStore.DEFAULT_STORE_DIR)) {
      assertThat(other.addText("hello.txt", "hello\n"))
          .isEqualTo(store.addText("hello.txt", "hello\n"));
    }
  }

  @Test
  void it_never_calls_itself_the_real_store() {
    assertThatThrownBy(() -> EmbeddedStore.create(scratch.resolve("other"), StoreDir.NIX))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_tree_comes_back_as_it_was_and_cannot_be_written() throws Exception {
    NarTree tree =
        NarTree.directory(
            Map.of("run", NarTree.executable("#!/bin/sh\n"), "to", NarTree.symlink("nowhere")));

    StorePath path = store.addSource("tree", tree);

    assertThat(store.tree(path)).isEqualTo(tree);
    Path real = store.realPath(path);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("r-xr-xr-x");
    assertThat(Files.getLastModifiedTime(real.resolve("run")).toMillis()).isEqualTo(1000);
  }

  @Test
  void what_refers_to_a_missing_path_is_refused_and_leaves_nothing() {
    StorePath missing = store.storeDir().textPath("missing", List.of(), new byte[0]);

    assertThatThrownBy(() -> store.addText("user", "text", missing))
        .isInstanceOf(EmbeddedStoreException.class)
        .hasMessage("path '" + missing + "' is not valid");
    assertThat(store.validPaths()).isEmpty();
    assertThat(store.directory()).isEmptyDirectory();
  }

  @Test
  void an_archive_that_is_not_what_it_should_be_is_refused() {
    StorePath path = store.addText("text", "text");
    var info = store.info(path).orElseThrow();
    store.delete(path);

    byte[] other = NarTree.file("TEXT").toNar().toByteArray();
    assertThatThrownBy(() -> store.add(info, new ByteArrayInputStream(other)))
        .isInstanceOf(EmbeddedStoreException.class)
        .hasMessageContaining("hash mismatch importing path '" + path + "'");
    assertThat(store.isValid(path)).isFalse();
    assertThat(store.directory()).isEmptyDirectory();
  }

  @Test
  void garbage_is_what_neither_a_root_nor_a_session_needs() {
    StorePath base = store.addText("base", "base");
    StorePath rooted = store.addText("rooted", "rooted", base);
    StorePath held = store.addText("held", "held");
    StorePath garbage = store.addText("garbage", "garbage", base);
    store.addRoot(rooted);

    try (SessionRoots session = store.openRoots()) {
      session.hold(List.of(held));
      assertThat(store.collectGarbage()).containsExactly(garbage);
      assertThat(store.realPath(garbage)).doesNotExist();
    }
    assertThat(store.collectGarbage()).containsExactly(held);

    store.removeRoot(rooted);
    assertThat(store.collectGarbage()).containsExactlyInAnyOrder(base, rooted);
    assertThat(store.directory()).isEmptyDirectory();
  }

  @Test
  void what_is_referred_to_cannot_be_deleted() {
    StorePath base = store.addText("base", "base");
    StorePath user = store.addText("user", "user", base);

    assertThatThrownBy(() -> store.delete(base)).hasMessageContaining(user.toString());
    store.delete(user);
    store.delete(base);
    assertThat(store.validPaths()).isEmpty();
  }

  @Test
  void derivations_are_finished_from_the_ones_that_are_there() {
    StorePath first =
        store.addDerivation(
            DerivationBuilder.named("first", store.storeDir()).system("any").builder("x"));
    StorePath second =
        store.addDerivation(
            DerivationBuilder.named("second", store.storeDir())
                .system("any")
                .builder("x")
                .input(first));

    assertThat(store.derivation(second).inputDerivations()).containsOnlyKeys(first);
    assertThat(store.derivation(second).hasKnownOutputPaths()).isTrue();
    assertThat(store.closure(List.of(second))).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void references_are_found_wherever_a_chunk_ends() {
    StorePath one = store.addText("one", "1");
    StorePath two = store.addText("two", "2");
    byte[] bytes =
        ("..." + one + two.hashPart() + "abc" + "0".repeat(40) + one.hashPart()).getBytes();
    for (int cut = 0; cut <= bytes.length; cut++) {
      ReferenceScanner scanner = new ReferenceScanner(List.of(one, two));
      scanner.write(bytes, 0, cut);
      scanner.write(bytes, cut, bytes.length - cut);
      assertThat(scanner.found()).as("cut at %d", cut).containsExactlyInAnyOrder(one, two);
    }
    ReferenceScanner drop = new ReferenceScanner(List.of(one, two));
    for (byte b : bytes) {
      drop.write(b);
    }
    assertThat(drop.found()).containsExactlyInAnyOrder(one, two);
  }

  @Test
  void an_archive_that_java_would_change_is_refused() {
    NarTree tree = new NarTree.Symlink(ByteString.of("a//b"));

    assertThatThrownBy(() -> store.addSource("link", tree))
        .isInstanceOf(EmbeddedStoreException.class)
        .hasMessageContaining("a//b");
    assertThat(store.validPaths()).isEmpty();
  }
}
