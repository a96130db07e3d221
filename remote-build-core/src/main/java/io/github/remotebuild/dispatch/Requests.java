package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import io.github.remotebuild.model.Failure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The requests that are not over, and how the end of one build is the end or the beginning of
 * others.
 */
final class Requests {
  private final Map<RequestId, Request> requests = new HashMap<>();

  /** The nodes that are not over. */
  private final Set<BuildId> unfinished = new HashSet<>();

  /** Builds whose most patient caller may be gone. */
  private final Deque<Build> doubtful = new ArrayDeque<>();

  private final SharedBuilds shared;
  private final List<Effect> effects;

  Requests(SharedBuilds shared, List<Effect> effects) {
    this.shared = shared;
    this.effects = effects;
  }

  int unfinishedBuilds() {
    return unfinished.size();
  }

  boolean isEmpty() {
    return requests.isEmpty() && unfinished.isEmpty();
  }

  void submit(Event.Submitted submitted, Instant now) {
    if (requests.containsKey(submitted.request())) {
      throw new IllegalArgumentException(submitted.request() + " is there already");
    }
    Request request =
        new Request(
            submitted.request(), submitted.rules(), submitted.standing(), submitted.isOpen());
    List<Node> nodes = grow(request, submitted.builds());
    requests.put(request.id, request);
    admit(nodes, now);
    endIfOver(request);
  }

  void grow(Event.Grown grown, Instant now) {
    Request request = requests.get(grown.request());
    if (request == null) {
      throw new IllegalArgumentException(grown.request() + " is unknown or over");
    }
    List<Node> nodes = grow(request, grown.builds());
    RequestGraph.lengthenChains(nodes).forEach(node -> shared.moved(node));
    String stopReason = request.stopReason;
    for (Node node : nodes) {
      if (stopReason != null) {
        report(node, new BuildEnd.Cancelled(stopReason));
      } else {
        failIfHopeless(node);
      }
    }
    admit(nodes, now);
    endIfOver(request);
  }

  private List<Node> grow(Request request, List<BuildSpec> specs) {
    for (BuildSpec spec : specs) {
      if (unfinished.contains(spec.build())) {
        throw new IllegalArgumentException(spec.build() + " is there already");
      }
    }
    List<Node> nodes = RequestGraph.grow(request, specs);
    nodes.forEach(node -> unfinished.add(node.id));
    return nodes;
  }

  /** Ends a new node, and what waits for it, if something that it needs has failed before. */
  private void failIfHopeless(Node node) {
    for (Node needed : node.dependencies) {
      if (node.isEnded() || needed.end == null || needed.end instanceof BuildEnd.Succeeded) {
        continue;
      }
      BuildId rootCause =
          needed.end instanceof BuildEnd.DependencyFailed failed ? failed.rootCause() : needed.id;
      report(node, new BuildEnd.DependencyFailed(rootCause));
      failDependents(node, rootCause);
    }
  }

  private void admit(List<Node> nodes, Instant now) {
    for (Node node : nodes) {
      if (node.missingDependencies == 0 && !node.isEnded()) {
        shared.admit(node, now);
      }
    }
  }

  void seal(RequestId id) {
    Request request = requests.get(id);
    if (request != null) {
      request.isOpen = false;
      endIfOver(request);
    }
  }

  void cancel(RequestId id, String reason, Instant now) {
    Request request = requests.get(id);
    if (request != null) {
      stop(request, reason);
      endExhausted(now);
    }
  }

  /** Ends a build for everybody, and whatever must end with it. */
  void endAll(Build build, BuildEnd end, Instant now) {
    end(shared.close(build), end, now);
  }

  /** Ends these nodes, and whatever must end with them. */
  void end(List<Node> nodes, BuildEnd end, Instant now) {
    nodes.forEach(node -> report(node, end));
    nodes.forEach(node -> conclude(node, end, now));
    endExhausted(now);
  }

  private void conclude(Node node, BuildEnd end, Instant now) {
    if (end instanceof BuildEnd.Succeeded) {
      for (Node dependent : node.dependents) {
        dependent.missingDependencies--;
        if (dependent.missingDependencies == 0 && !dependent.isEnded()) {
          shared.admit(dependent, now);
        }
      }
    } else if (!(end instanceof BuildEnd.Cancelled)) {
      failDependents(node, node.id);
      if (node.request.rules.onFailure() == OnFailure.STOP) {
        stop(node.request, "another derivation of the request failed");
      }
    }
    endIfOver(node.request);
  }

  private void report(Node node, BuildEnd end) {
    if (node.isEnded()) {
      throw new IllegalStateException(node.id + " is over already");
    }
    Build build = node.build;
    if (build != null) {
      shared.remove(node);
      doubtful.add(build);
    }
    node.end = end;
    unfinished.remove(node.id);
    node.request.unfinished--;
    effects.add(new Effect.ReportEnd(node.id, end));
  }

  /** Ends everything that can no longer be tried, and says which build is the reason. */
  private void failDependents(Node failed, BuildId rootCause) {
    Deque<Node> open = new ArrayDeque<>(failed.dependents);
    while (!open.isEmpty()) {
      Node node = open.remove();
      if (!node.isEnded()) {
        report(node, new BuildEnd.DependencyFailed(rootCause));
        open.addAll(node.dependents);
      }
    }
  }

  /** Ends what others go on with or has not begun; the rest ends when its attempts do. */
  private void stop(Request request, String reason) {
    if (request.stopReason != null) {
      return;
    }
    request.stopReason = reason;
    for (Node node : request.nodes.values()) {
      if (!node.isEnded()) {
        leave(node, reason);
      }
    }
    endIfOver(request);
  }

  private void leave(Node node, String reason) {
    Build build = node.build;
    Attempt attempt = build == null ? null : build.attempt;
    if (build != null && attempt != null && build.nodes().size() == 1) {
      stop(attempt, reason);
      return;
    }
    report(node, new BuildEnd.Cancelled(reason));
  }

  private void stop(Attempt attempt, String reason) {
    attempt.isStopping = true;
    attempt.stopReason = reason;
    shared.stopping(attempt);
    // Before the slot is granted there is nothing to stop; after it was lost, that was said.
    if (attempt.slot != Attempt.Slot.ASKED && attempt.lostLease.isEmpty()) {
      effects.add(new Effect.StopAttempt(attempt.id, reason));
    }
  }

  /** Ends a build that waits, if those it is for want no further attempt. */
  void endIfExhausted(Build build, Instant now) {
    doubtful.add(build);
    endExhausted(now);
  }

  /** Ends the builds of which those who are left want no further attempt. */
  private void endExhausted(Instant now) {
    while (!doubtful.isEmpty()) {
      Build build = doubtful.remove();
      if (!build.nodes().isEmpty() && build.attempt == null && build.isExhausted()) {
        Failure last = requireNonNull(build.lastFailure, "every attempt has failed");
        BuildEnd end = new BuildEnd.Failed(last);
        List<Node> nodes = shared.close(build);
        nodes.forEach(node -> report(node, end));
        nodes.forEach(node -> conclude(node, end, now));
      }
    }
  }

  private void endIfOver(Request request) {
    if (request.isOver() && requests.remove(request.id) != null) {
      effects.add(new Effect.ReportRequestEnd(request.id));
    }
  }
}
