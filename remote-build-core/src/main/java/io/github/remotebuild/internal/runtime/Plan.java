package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Derivation;
import io.github.remotebuild.model.StorePath;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What a request comes to.
 *
 * @param nodes every derivation that must be built, by path
 * @param targets for each derivation that the request names: the wanted outputs by name
 */
record Plan(
    SortedMap<StorePath, Node> nodes, SortedMap<StorePath, SortedMap<String, StorePath>> targets) {
  /**
   * A derivation that must be built.
   *
   * @param derivation what it says
   * @param missing the outputs that are needed and that the hub lacks, by name
   * @param inputs the derivations that must be built before it
   */
  record Node(
      Derivation derivation, SortedMap<String, StorePath> missing, SortedSet<StorePath> inputs) {}

  Plan {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
  }
}
