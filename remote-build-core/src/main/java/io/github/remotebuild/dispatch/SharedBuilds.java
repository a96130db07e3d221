package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.StorePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings together what several requests want of one derivation.
 *
 * <p>On the same terms it is one build. On other terms each has a build of its own, and while one
 * of them is attempted the others are put aside: they need not be built at all if it succeeds. A
 * build that is being stopped takes in nobody. A node comes here only when it has all its inputs,
 * and holds nothing while it waits, so nobody waits in a circle.
 */
final class SharedBuilds {
  private final Map<StorePath, SameDerivation> derivations = new HashMap<>();

  /** The nodes put aside in this event, by what is attempted instead. */
  private final Map<SameDerivation, List<Node>> putAside = new LinkedHashMap<>();

  private final ReadyBuilds ready;
  private final List<Effect> effects;
  private long lastBuild;

  SharedBuilds(ReadyBuilds ready, List<Effect> effects) {
    this.ready = ready;
    this.effects = effects;
  }

  boolean isEmpty() {
    return derivations.isEmpty();
  }

  /** Takes in a node that has all its inputs. */
  void admit(Node node, Instant now) {
    SameDerivation same =
        derivations.computeIfAbsent(node.derivation(), path -> new SameDerivation(path));
    Build build = same.onTermsOf(node.spec);
    if (build == null) {
      build = new Build(++lastBuild, same, node);
      same.builds.add(build);
      if (same.attempt == null) {
        ready.add(build, now);
      }
    } else {
      effects.add(new Effect.Joined(node.id, build.id()));
      Build joined = build;
      if (build.group == null) {
        build.add(node);
      } else {
        ready.regroup(build, () -> joined.add(node), now);
      }
    }
    if (build.group == null && build.attempt == null) {
      putAside.computeIfAbsent(same, s -> new ArrayList<>()).add(node);
    }
  }

  /** Notes that a build is attempted, and puts the others of its derivation aside. */
  void begun(Attempt attempt) {
    SameDerivation same = attempt.build.same;
    if (same.attempt != null) {
      throw new IllegalStateException(same.path + " is being built already");
    }
    same.attempt = attempt;
    attempt.build.attempt = attempt;
    ready.remove(attempt.build);
    if (same.builds.size() > 1) {
      for (Build build : same.builds) {
        if (build.attempt == null) {
          ready.remove(build);
          putAside.computeIfAbsent(same, s -> new ArrayList<>()).addAll(build.nodes());
        }
      }
    }
  }

  /** Lets nobody join any longer what is about to be stopped. */
  void stopping(Attempt attempt) {
    attempt.build.same.builds.remove(attempt.build);
  }

  /** Notes that an attempt is over; {@link #resume} must follow. */
  void over(Attempt attempt) {
    attempt.build.attempt = null;
    attempt.build.same.attempt = null;
  }

  /** Lets everything of the derivation wait for a machine again that is not over. */
  void resume(SameDerivation same, Instant now) {
    for (Build build : same.builds) {
      if (build.group == null && build.attempt == null) {
        ready.add(build, now);
      }
    }
    forgetIfEmpty(same);
  }

  /** The nodes that a success of the attempt ends if it brings these outputs. */
  List<Node> served(Attempt attempt, Set<String> outputs) {
    List<Node> served = new ArrayList<>();
    addServed(attempt.build, outputs, served);
    for (Build build : attempt.build.same.builds) {
      if (build.attempt == null) {
        addServed(build, outputs, served);
      }
    }
    return served;
  }

  private static void addServed(Build build, Set<String> outputs, List<Node> served) {
    for (Node node : build.nodes()) {
      if (outputs.containsAll(node.spec.wanted().outputs())) {
        served.add(node);
      }
    }
  }

  /** Takes a node out of its build, if it has one, and the build away with the last of them. */
  void remove(Node node) {
    Build build = node.build;
    if (build == null) {
      return;
    }
    if (build.group == null) {
      build.remove(node);
    } else {
      ready.adjust(build, () -> build.remove(node));
    }
    if (build.nodes().isEmpty()) {
      build.same.builds.remove(build);
      forgetIfEmpty(build.same);
    }
  }

  /** Puts the build of a node whose chain has become longer where it belongs. */
  void moved(Node node) {
    Build build = node.build;
    if (build != null && build.group != null) {
      ready.adjust(build, () -> {});
    }
  }

  /** Takes a build away and returns the nodes that it had. */
  List<Node> close(Build build) {
    ready.remove(build);
    build.same.builds.remove(build);
    forgetIfEmpty(build.same);
    List<Node> nodes = List.copyOf(build.nodes());
    build.nodes().clear();
    nodes.forEach(node -> node.build = null);
    return nodes;
  }

  private void forgetIfEmpty(SameDerivation same) {
    if (same.isEmpty()) {
      derivations.remove(same.path, same);
    }
  }

  /** Tells the callers of what was put aside and still is. */
  void reportPutAside() {
    putAside.forEach(
        (same, nodes) -> {
          Attempt attempt = same.attempt;
          if (attempt == null) {
            return;
          }
          List<BuildId> untold = new ArrayList<>();
          for (Node node : nodes) {
            Build build = node.build;
            if (build != null
                && build.attempt == null
                && node.told != Node.Told.BUILT_FOR_ANOTHER) {
              node.told = Node.Told.BUILT_FOR_ANOTHER;
              untold.add(node.id);
            }
          }
          if (!untold.isEmpty()) {
            effects.add(
                new Effect.ReportWaiting(untold, new WaitReason.BuiltForAnother(attempt.machine)));
          }
        });
    putAside.clear();
  }
}
