package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ReferencesFirstProperties {
  private static final Hash HASH = Hash.compute(HashAlgorithm.SHA256, new byte[0]);

  private static StorePath path(int number) {
    byte[] hash = new byte[20];
    new Random(number).nextBytes(hash);
    return StorePath.of(StoreDir.NIX, hash, "p" + number);
  }

  /** A graph without circles, in an order that tells nothing; each path refers to itself. */
  private static List<PathInfo> infos(int count, Random random) {
    List<PathInfo> infos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<StorePath> references = new ArrayList<>(List.of(path(i), path(-1)));
      for (int j = 0; j < i; j++) {
        if (random.nextInt(3) == 0) {
          references.add(path(j));
        }
      }
      infos.add(PathInfo.of(path(i), HASH, 1, references));
    }
    Collections.shuffle(infos, random);
    return infos;
  }

  @Property(tries = 200)
  void every_path_comes_once_and_after_what_it_refers_to(
      @ForAll @IntRange(max = 30) int count, @ForAll long seed) {
    List<PathInfo> infos = infos(count, new Random(seed));
    Set<StorePath> all = new HashSet<>(infos.stream().map(PathInfo::path).toList());
    List<PathInfo> ordered = ReferencesFirst.order(infos);
    assertThat(ordered).containsExactlyInAnyOrderElementsOf(infos);
    Set<StorePath> seen = new HashSet<>();
    for (PathInfo info : ordered) {
      for (StorePath reference : info.otherReferences()) {
        assertThat(!all.contains(reference) || seen.contains(reference)).isTrue();
      }
      seen.add(info.path());
    }
  }

  @Property(tries = 3)
  void a_chain_of_any_length_needs_no_deep_stack(@ForAll @IntRange(min = 1, max = 3) int factor) {
    int count = 20_000 * factor;
    List<PathInfo> infos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      infos.add(PathInfo.of(path(i), HASH, 1, i == 0 ? List.of() : List.of(path(i - 1))));
    }
    Collections.reverse(infos);
    assertThat(ReferencesFirst.order(infos)).hasSize(count);
  }
}
