package io.github.remotebuild.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ClosureProperties {
  @Property(tries = 200)
  void every_reference_comes_before_what_refers_to_it(@ForAll("graphs") List<PathInfo> infos) {
    Set<StorePath> before = new HashSet<>();

    for (PathInfo info : Closure.of(infos).infos()) {
      assertThat(before).containsAll(info.otherReferences());
      assertThat(before.add(info.path())).isTrue();
    }
    assertThat(before).hasSize(infos.size());
  }

  @Property(tries = 200)
  void what_is_left_of_a_closure_stays_in_order(
      @ForAll("graphs") List<PathInfo> infos, @ForAll Random random) {
    List<PathInfo> some = new ArrayList<>(infos);
    some.removeIf(info -> random.nextInt(3) == 0);
    Set<StorePath> coming = new HashSet<>();
    some.forEach(info -> coming.add(info.path()));

    List<PathInfo> ordered = Closure.referencesFirst(some);

    assertThat(ordered).containsExactlyInAnyOrderElementsOf(some);
    for (PathInfo info : ordered) {
      assertThat(info.otherReferences()).doesNotContainAnyElementsOf(coming);
      coming.remove(info.path());
    }
  }

  @Property(tries = 200)
  void the_order_does_not_depend_on_how_it_was_given(
      @ForAll("graphs") List<PathInfo> infos, @ForAll Random random) {
    List<PathInfo> shuffled = new ArrayList<>(infos);
    Collections.shuffle(shuffled, random);

    assertThat(Closure.of(shuffled).paths()).containsExactlyElementsOf(Closure.of(infos).paths());
  }

  @Property(tries = 200)
  void a_part_is_the_closure_of_its_infos_and_of_its_roots(
      @ForAll("graphs") List<PathInfo> infos, @ForAll Random random) {
    Closure closure = Closure.of(infos);
    StorePath root = infos.get(random.nextInt(infos.size())).path();

    Closure part = closure.reachableFrom(List.of(root));

    assertThat(part.roots()).containsExactly(root);
    assertThat(Closure.of(part.infos()).paths()).containsExactlyElementsOf(part.paths());
    assertThat(part.reachableFrom(List.of(root))).isEqualTo(part);
    assertThat(closure.union(part)).isEqualTo(closure);
    assertThat(closure.reachableFrom(closure.roots()).paths())
        .containsExactlyElementsOf(closure.paths());
    assertThat(closure.without(part.paths())).hasSize(closure.size() - part.size());
  }

  @Property(tries = 200)
  void an_edge_back_is_reported_as_a_circle_of_references(
      @ForAll("graphs") List<PathInfo> infos, @ForAll Random random) {
    Closure closure = Closure.of(infos);
    StorePath top = infos.get(random.nextInt(infos.size())).path();
    List<StorePath> below = new ArrayList<>(closure.reachableFrom(List.of(top)).paths());
    below.remove(top);
    if (below.isEmpty()) {
      return;
    }
    StorePath bottom = below.get(random.nextInt(below.size()));
    List<PathInfo> changed = new ArrayList<>();
    for (PathInfo info : infos) {
      List<StorePath> references = new ArrayList<>(info.references());
      if (info.path().equals(bottom)) {
        references.add(top);
      }
      changed.add(PathInfo.of(info.path(), info.narHash(), info.narSizeBytes(), references));
    }

    try {
      Closure.of(changed);
    } catch (ClosureException e) {
      List<StorePath> cycle = e.cycle();
      assertThat(cycle.size()).isGreaterThan(1);
      for (int i = 0; i < cycle.size(); i++) {
        StorePath from = cycle.get(i);
        StorePath to = cycle.get((i + 1) % cycle.size());
        assertThat(changed)
            .anyMatch(info -> info.path().equals(from) && info.references().contains(to));
      }
      return;
    }
    throw new AssertionError("The circle through " + top + " and " + bottom + " was not seen");
  }

  /** Graphs in which a path may refer to itself and to those of a smaller number. */
  @Provide
  Arbitrary<List<PathInfo>> graphs() {
    return Arbitraries.integers()
        .between(1, 12)
        .flatMap(
            size ->
                Arbitraries.integers()
                    .between(0, 1 << 12)
                    .list()
                    .ofSize(size)
                    .map(ClosureProperties::graph));
  }

  private static List<PathInfo> graph(List<Integer> bits) {
    List<PathInfo> infos = new ArrayList<>();
    for (int i = 0; i < bits.size(); i++) {
      int[] references = new int[i + 1];
      int count = 0;
      for (int j = 0; j <= i; j++) {
        if ((bits.get(i) >> j & 1) == 1) {
          // Numbers are spread, so that the order of paths is not the order of numbers.
          references[count++] = j * 7919 % 4093;
        }
      }
      infos.add(ClosureTest.info(i * 7919 % 4093, java.util.Arrays.copyOf(references, count)));
    }
    return infos;
  }
}
