package io.github.remotebuild.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.ByteString;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class NarTreeTest {
  @Test
  void a_file_is_written_as_nix_writes_it() {
    assertThat(NarTree.file("hello\n").toNar().toByteArray()).isEqualTo(Golden.bytes("hello.nar"));
  }

  @Test
  void a_tree_is_written_as_nix_writes_it() {
    assertThat(Golden.tree().toNar().toByteArray()).isEqualTo(Golden.bytes("tree.nar"));
  }

  @Test
  void the_known_directory_has_the_known_hash() {
    NarTree tree =
        NarTree.directory(
            Map.of(
                "Z", NarTree.file(""),
                "bin", NarTree.directory(Map.of("x", NarTree.executable("#!/bin/sh\n"))),
                "lnk", NarTree.symlink("bin/x")));

    ByteString nar = tree.toNar();

    assertThat(nar.sizeBytes()).isEqualTo(872);
    assertThat(Hash.compute(HashAlgorithm.SHA256, nar.toByteArray()).base16())
        .isEqualTo("b1e4e9982223d987f9e71b3f0a171560762714e74c6dc1e4a274c01e3554cb9b");
  }

  @Test
  void what_nix_wrote_is_read_back() {
    assertThat(NarTree.parse("tree.nar", ByteString.of(Golden.bytes("tree.nar"))))
        .isEqualTo(Golden.tree());
  }

  @Test
  void bytes_after_the_archive_are_refused_by_parse() {
    byte[] longer = java.util.Arrays.copyOf(Golden.bytes("hello.nar"), 121);

    assertThatThrownBy(() -> NarTree.parse("it", ByteString.of(longer)))
        .isInstanceOf(FormatException.class)
        .hasMessage("Could not read it at byte 120: expected the end, found 1 bytes more");
  }

  @Test
  void an_archive_above_the_limit_is_refused() throws IOException {
    byte[] nar = NarTree.file("x".repeat(1000)).toNar().toByteArray();

    assertThat(NarTree.read("it", new ByteArrayInputStream(nar), 1200))
        .isInstanceOf(NarTree.File.class);
    assertThatThrownBy(() -> NarTree.read("it", new ByteArrayInputStream(nar), 1000))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most 1000 bytes");
  }

  @Test
  void the_smallest_archives_fit_into_their_own_size() {
    for (NarTree tree :
        new NarTree[] {NarTree.file(""), NarTree.symlink("x"), NarTree.directory(Map.of())}) {
      assertThat(NarTree.parse("it", tree.toNar())).isEqualTo(tree);
    }
  }

  @Test
  void names_and_targets_that_readers_refuse_cannot_be_made() {
    for (String name : new String[] {"", ".", "..", "a/b", "a\0b", "x".repeat(256)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NarTree.directory(Map.of(name, NarTree.file(""))));
    }
    for (String target : new String[] {"", "a\0b", "x".repeat(4096)}) {
      assertThatIllegalArgumentException().isThrownBy(() -> NarTree.symlink(target));
    }
  }

  @Test
  void the_map_of_a_directory_is_copied() {
    TreeMap<ByteString, NarTree> entries = new TreeMap<>();
    NarTree.Directory directory = new NarTree.Directory(entries);

    entries.put(ByteString.of("late"), NarTree.file(""));

    assertThat(directory.entries()).isEmpty();
  }

  @Test
  void match_applies_the_function_of_the_case() {
    assertThat(Golden.tree().<String>match(f -> "file", s -> "link", d -> "dir")).isEqualTo("dir");
    assertThat(NarTree.file("").<String>match(f -> "file", s -> "link", d -> "dir"))
        .isEqualTo("file");
    assertThat(NarTree.symlink("x").<String>match(f -> "file", s -> "link", d -> "dir"))
        .isEqualTo("link");
  }
}
