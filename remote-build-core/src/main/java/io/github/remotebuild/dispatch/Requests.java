package io.github.remotebuild.dispatch;

import io.github.remotebuild.dispatch.RequestRules.OnFailure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that are not over, and how the end of one build is the end or the beginning of
 * others.
 */
final class Requests {
  private final Map<RequestId, Request> requests = new HashMap<>();
  private final Map<BuildId, Build> builds = new HashMap<>();
  private final ReadyBuilds ready;
  private final List<Effect> effects;

  Requests(ReadyBuilds ready, List<Effect> effects) {
    this.ready = ready;
    this.effects = effects;
  }

  int unfinishedBuilds() {
    return builds.size();
  }

  boolean isEmpty() {
    return requests.isEmpty() && builds.isEmpty();
  }

  void submit(Event.Submitted submitted, Instant now) {
    if (requests.containsKey(submitted.request())) {
      throw new IllegalArgumentException(submitted.request() + " is there already");
    }
    for (BuildSpec spec : submitted.builds()) {
      if (builds.containsKey(spec.build())) {
        throw new IllegalArgumentException(spec.build() + " is there already");
      }
    }
    Request request = RequestGraph.link(submitted);
    requests.put(request.id, request);
    for (Build build : request.builds) {
      builds.put(build.id, build);
      if (build.missingDependencies == 0) {
        ready.add(build, now);
      }
    }
    endIfDone(request);
  }

  void cancel(RequestId id, String reason) {
    Request request = requests.get(id);
    if (request != null) {
      stop(request, reason);
    }
  }

  /** Ends a build and whatever must end with it. */
  void end(Build build, BuildEnd end, Instant now) {
    report(build, end);
    if (end instanceof BuildEnd.Succeeded) {
      for (Build dependent : build.dependents) {
        dependent.missingDependencies--;
        if (dependent.missingDependencies == 0 && !dependent.isEnded()) {
          ready.add(dependent, now);
        }
      }
    } else if (!(end instanceof BuildEnd.Cancelled)) {
      failDependents(build);
      if (build.request.rules.onFailure() == OnFailure.STOP) {
        stop(build.request, "another derivation of the request failed");
      }
    }
    endIfDone(build.request);
  }

  private void report(Build build, BuildEnd end) {
    if (build.isEnded()) {
      throw new IllegalStateException(build.id + " is over already");
    }
    build.end = end;
    builds.remove(build.id);
    ready.remove(build);
    build.request.unfinished--;
    effects.add(new Effect.ReportEnd(build.id, end));
  }

  /** Ends everything that can no longer be tried, and says which build is the reason. */
  private void failDependents(Build failed) {
    Deque<Build> open = new ArrayDeque<>(failed.dependents);
    while (!open.isEmpty()) {
      Build build = open.remove();
      if (!build.isEnded()) {
        report(build, new BuildEnd.DependencyFailed(failed.id));
        open.addAll(build.dependents);
      }
    }
  }

  /** Ends what has not begun and stops the rest, which ends when its attempts do. */
  private void stop(Request request, String reason) {
    for (Build build : request.builds) {
      Attempt attempt = build.attempt;
      if (build.isEnded()) {
        continue;
      }
      if (attempt == null) {
        report(build, new BuildEnd.Cancelled(reason));
      } else {
        stop(attempt, reason);
      }
    }
    endIfDone(request);
  }

  private void stop(Attempt attempt, String reason) {
    if (attempt.isStopping) {
      return;
    }
    attempt.isStopping = true;
    attempt.stopReason = reason;
    // Before the slot is granted there is nothing to stop; after it was lost, that was said.
    if (attempt.slot != Attempt.Slot.ASKED && attempt.lostLease.isEmpty()) {
      effects.add(new Effect.StopAttempt(attempt.id, reason));
    }
  }

  private void endIfDone(Request request) {
    if (request.unfinished == 0 && requests.remove(request.id) != null) {
      effects.add(new Effect.ReportRequestEnd(request.id));
    }
  }
}
