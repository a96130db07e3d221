package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.BuildOptions;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is placed and attempted: one derivation, for every node that wants it on the same terms.
 *
 * <p>Its callers' rules are met at their most generous. What decides its group and its places in
 * line changes as nodes come and go, so none may while it is among the {@link ReadyBuilds}.
 */
final class Build {
  /** Unique, and ascending. */
  final long number;

  final SameDerivation same;

  /** What its nodes ask of a machine. */
  final Demand asked;

  /** The same, but for the wish for one side of the farm, which is gone once that is hopeless. */
  Demand demand;

  final BuildOptions options;

  /** The hosts, as the machine book counts them, on which it came to nothing. */
  final Set<Integer> triedHosts = new TreeSet<>();

  /** Apart from a moment at its end, at least one. */
  private final List<Node> nodes = new ArrayList<>(1);

  private Duration patience = Duration.ZERO;
  private int attemptLimit;

  int attempts;

  /** How many of them were over when one last succeeded, though not for those who still wait. */
  private int attemptsBefore;

  /** Since when it only lacks a machine, or the newest of its callers waits with it. */
  Instant readySince = Instant.MIN;

  /** Where it waits for a machine; null if it does not. */
  @Nullable WaitingGroup group;

  /** There, one for each of its callers; none if it does not wait. */
  final List<PlaceInLine> places = new ArrayList<>(1);

  @Nullable Attempt attempt;
  @Nullable Failure lastFailure;

  /** A build for one node. */
  Build(long number, SameDerivation same, Node first) {
    this.number = number;
    this.same = same;
    this.asked = first.spec.demand();
    this.demand = asked;
    this.options = first.spec.wanted().options();
    add(first);
  }

  /** Whom it is for, in the order in which they came. */
  List<Node> nodes() {
    return nodes;
  }

  /** The node that stands for all of them in the eyes of the world. */
  BuildId id() {
    return nodes.get(0).id;
  }

  void add(Node node) {
    nodes.add(node);
    node.build = this;
    consider(node);
  }

  void remove(Node node) {
    nodes.remove(node);
    node.build = null;
    patience = Duration.ZERO;
    attemptLimit = 0;
    nodes.forEach(this::consider);
  }

  private void consider(Node node) {
    RequestRules rules = node.request.rules;
    patience = rules.patience().compareTo(patience) > 0 ? rules.patience() : patience;
    attemptLimit = Math.max(attemptLimit, rules.attemptLimit());
  }

  Duration patience() {
    return patience;
  }

  /** Begins anew for those who have come late and want more than has been brought. */
  void succeeded() {
    attemptsBefore = attempts;
    triedHosts.clear();
  }

  /** Whether its callers want no further attempt. */
  boolean isExhausted() {
    return attempts - attemptsBefore >= attemptLimit;
  }

  /** Every output that somebody wants of it. */
  Set<String> outputs() {
    if (nodes.size() == 1) {
      return nodes.get(0).spec.wanted().outputs();
    }
    Set<String> outputs = new HashSet<>();
    nodes.forEach(node -> outputs.addAll(node.spec.wanted().outputs()));
    return outputs;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }
}
