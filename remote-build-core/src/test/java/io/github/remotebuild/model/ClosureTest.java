package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClosureTest {
  private static final Hash HASH = Hash.compute(HashAlgorithm.SHA256, new byte[0]);

  static StorePath path(int i) {
    byte[] hash = new byte[20];
    hash[16] = (byte) i;
    hash[17] = (byte) (i >> 8);
    hash[18] = (byte) (i >> 16);
    return StorePath.of(StoreDir.NIX, hash, "p" + i);
  }

  static PathInfo info(int i, int... references) {
    List<StorePath> paths = new ArrayList<>();
    for (int reference : references) {
      paths.add(path(reference));
    }
    return PathInfo.of(path(i), HASH, 100 + i, paths);
  }

  @Test
  void has_references_first() {
    Closure closure = Closure.of(List.of(info(1, 2, 3), info(2, 4), info(3, 4, 3), info(4)));

    assertThat(closure.paths()).containsExactly(path(4), path(2), path(3), path(1));
    assertThat(closure.narSizeBytes()).isEqualTo(410);
    assertThat(closure.roots()).containsExactly(path(1));
    assertThat(closure.info(path(2))).contains(info(2, 4));
    assertThat(closure.info(path(9))).isEmpty();
    assertThat(closure).hasToString("4 paths, 410 bytes");
  }

  @Test
  void can_be_empty() {
    assertThat(Closure.of(List.of())).isEqualTo(Closure.empty());
    assertThat(Closure.empty().paths()).isEmpty();
    assertThat(Closure.empty().isEmpty()).isTrue();
  }

  @Test
  void names_the_references_that_are_missing() {
    assertThatThrownBy(() -> Closure.of(List.of(info(1, 2, 3), info(2, 4))))
        .isInstanceOfSatisfying(
            ClosureException.class,
            e -> {
              assertThat(e.missing())
                  .containsEntry(path(3), path(1))
                  .containsEntry(path(4), path(2));
              assertThat(e.missing()).hasSize(2);
              assertThat(e.cycle()).isEmpty();
            })
        .hasMessageContaining(
            "nothing is known of " + path(3) + " (referred to by " + path(1) + ")");
  }

  @Test
  void names_the_circle() {
    assertThatThrownBy(() -> Closure.of(List.of(info(0, 1), info(1, 2), info(2, 3), info(3, 1))))
        .isInstanceOfSatisfying(
            ClosureException.class,
            e -> {
              assertThat(e.cycle()).containsExactly(path(1), path(2), path(3));
              assertThat(e.missing()).isEmpty();
            })
        .hasMessageContaining(
            "there is a circle, "
                + path(1)
                + " refers to "
                + path(2)
                + " refers to "
                + path(3)
                + " refers to "
                + path(1));
  }

  @Test
  void orders_infos_that_make_no_closure() {
    List<PathInfo> infos = List.of(info(1, 2, 3, 9), info(2, 4, 8), info(3, 4, 3), info(4));

    assertThat(Closure.referencesFirst(infos))
        .containsExactly(info(4), info(2, 4, 8), info(3, 4, 3), info(1, 2, 3, 9));
    assertThat(Closure.referencesFirst(List.of(info(2, 9), info(2, 9))))
        .containsExactly(info(2, 9));
    assertThatThrownBy(() -> Closure.referencesFirst(List.of(info(1, 2, 9), info(2, 1))))
        .isInstanceOfSatisfying(
            ClosureException.class, e -> assertThat(e.cycle()).containsExactly(path(1), path(2)));
    assertThatThrownBy(() -> Closure.referencesFirst(List.of(info(1), info(1, 9))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_two_infos_for_one_path() {
    assertThat(Closure.of(List.of(info(1), info(1))).size()).isEqualTo(1);
    assertThatThrownBy(() -> Closure.of(List.of(info(1), info(1, 1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void gives_the_closure_of_some_of_its_paths() {
    Closure closure = Closure.of(List.of(info(1, 2, 3), info(2, 4), info(3, 4), info(4)));

    assertThat(closure.reachableFrom(List.of(path(3))).paths()).containsExactly(path(4), path(3));
    assertThatThrownBy(() -> closure.reachableFrom(List.of(path(9))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void gives_what_is_to_be_sent_in_order() {
    Closure closure = Closure.of(List.of(info(1, 2, 3), info(2, 4), info(3, 4), info(4)));

    assertThat(closure.without(Set.of(path(4), path(2), path(9))))
        .containsExactly(info(3, 4), info(1, 2, 3));
  }

  @Test
  void sums_sizes_without_overflow() {
    PathInfo huge = PathInfo.of(path(1), HASH, Long.MAX_VALUE, List.of());

    assertThat(Closure.of(List.of(huge, info(2))).narSizeBytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void needs_no_stack_for_a_chain_of_100_000() {
    int length = 100_000;
    List<PathInfo> infos = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      infos.add(i == 0 ? info(0) : info(i, i - 1));
    }
    Collections.shuffle(infos, new Random(1));

    Closure closure = Closure.of(infos);

    assertThat(closure.size()).isEqualTo(length);
    assertThat(closure.paths()).startsWith(path(0), path(1)).endsWith(path(length - 1));
    assertThat(closure.roots()).containsExactly(path(length - 1));
  }
}
