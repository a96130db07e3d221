package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.StorePath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One derivation of the graph of one request. */
final class Node {
  /** Why its caller believes that it waits. */
  enum Told {
    NOTHING,
    NO_MACHINE,
    BUILT_FOR_ANOTHER
  }

  final BuildId id;
  final Request request;
  final BuildSpec spec;

  /** Those that it waits for, or has waited for. */
  final List<Node> dependencies = new ArrayList<>(0);

  /** Those that wait for this one. */
  final List<Node> dependents = new ArrayList<>(0);

  int missingDependencies;

  /** The number of nodes on the longest chain from this one to one that nothing waits for. */
  int chainLength = 1;

  /** What is done for it; null before its dependencies are there, and after its end. */
  @Nullable Build build;

  /**
   * Since when it stands in line for a machine, or did first, in the callers' time; negative if it
   * never did. It keeps its place when an attempt comes to nothing.
   */
  long inLineSince = -1;

  /** Forgotten when an attempt starts. */
  Told told = Told.NOTHING;

  @Nullable BuildEnd end;

  Node(BuildSpec spec, Request request) {
    this.id = spec.build();
    this.spec = spec;
    this.request = request;
  }

  StorePath derivation() {
    return spec.wanted().derivation();
  }

  boolean isEnded() {
    return end != null;
  }
}
