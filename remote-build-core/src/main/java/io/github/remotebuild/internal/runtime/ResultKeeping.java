package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.Limits;
import io.github.remotebuild.dispatch.BuildId;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.StoreException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Roots what one attempt has brought for each request that gets it, before the request is told.
 *
 * <p>A hub that gives up on one request is that request's failure, and nobody else's. Used by one
 * thread after the other.
 */
final class ResultKeeping {
  private final String hub;
  private final Limits limits;
  private final Watchdog watchdog;
  private final Executor helpers;
  private final Set<BuildId> kept = new HashSet<>();
  private final Map<BuildId, Failure> notKept = new HashMap<>();

  ResultKeeping(String hub, Limits limits, Watchdog watchdog, Executor helpers) {
    this.hub = hub;
    this.limits = limits;
    this.watchdog = watchdog;
    this.helpers = helpers;
  }

  /** Whether nothing is left to be done for this node. */
  boolean isSettled(ActiveRequest.Node node) {
    return kept.contains(node.id) || notKept.containsKey(node.id);
  }

  /** Who cannot have the result, and why. */
  Map<BuildId, Failure> notKept() {
    return Map.copyOf(notKept);
  }

  /** The failure, if there was one and nobody could be served. */
  Optional<Failure> ofEverybody() {
    return kept.isEmpty() ? notKept.values().stream().findFirst() : Optional.empty();
  }

  /** Gives up on nodes for which nothing has been settled. */
  void giveUp(Collection<ActiveRequest.Node> nodes, Failure failure) {
    for (ActiveRequest.Node node : nodes) {
      if (!isSettled(node)) {
        notKept.put(node.id, failure);
      }
    }
  }

  /** Roots the results of nodes for which nothing has been settled. */
  void keep(Collection<ActiveRequest.Node> nodes) throws InterruptedException {
    for (ActiveRequest.Node node : nodes) {
      if (isSettled(node)) {
        continue;
      }
      Optional<Failure> failure = hold(node);
      if (failure.isPresent()) {
        notKept.put(node.id, failure.get());
      } else {
        kept.add(node.id);
      }
    }
  }

  private Optional<Failure> hold(ActiveRequest.Node node) throws InterruptedException {
    AtomicBoolean isLate = new AtomicBoolean();
    Collection<StorePath> paths = node.job.wanted().values();
    try (Watchdog.Watch watch =
        watchdog.watch(
            limits.queryTimeout(),
            () -> {
              isLate.set(true);
              helpers.execute(node.roots::abort);
            })) {
      Set<StorePath> missing = new HashSet<>(paths);
      missing.removeAll(node.roots.hold(paths));
      return missing.stream().findFirst().map(path -> Failures.resultLost(path, hub));
    } catch (StoreException e) {
      return Optional.of(
          isLate.get()
              ? Failures.hubTimedOut(Phase.DOWNLOAD, hub, "go on", limits.queryTimeout())
              : Failures.ofHub(Phase.DOWNLOAD, e));
    }
  }
}
