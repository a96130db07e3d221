package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.Attempt;
import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildHandle;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.BuildRequest;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.dispatch.BuildId;
import io.github.remotebuild.dispatch.RequestId;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request that is being worked on, and the caller's handle on it.
 *
 * <p>What the engine records of its builds is touched by the engine's own thread only.
 */
final class ActiveRequest implements BuildHandle {
  /** What the engine records of one build. */
  static final class Node {
    final ActiveRequest request;
    final BuildJob job;
    final RequestRoots roots;
    final List<Attempt> attempts = new ArrayList<>();

    Node(ActiveRequest request, BuildJob job, RequestRoots roots) {
      this.request = request;
      this.job = job;
      this.roots = roots;
    }
  }

  final RequestId id;
  final BuildRequest request;
  final EventDelivery delivery;
  final Map<BuildId, Node> nodes = new HashMap<>();
  final SortedMap<StorePath, DerivationResult> results = new TreeMap<>();

  private final Engine engine;
  private final Duration flushLimit;
  private final CompletableFuture<BuildOutcome> outcome = new CompletableFuture<>();
  private final AtomicReference<@Nullable RequestRoots> roots = new AtomicReference<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile boolean isCancelled;
  private @Nullable Failure firstFailure;
  private @Nullable Decision firstRefusal;
  private @Nullable String cancelReason;

  ActiveRequest(
      RequestId id,
      BuildRequest request,
      Engine engine,
      EventDelivery delivery,
      Duration flushLimit) {
    this.id = id;
    this.request = request;
    this.engine = engine;
    this.delivery = delivery;
    this.flushLimit = flushLimit;
  }

  void post(BuildEvent event) {
    delivery.post(event);
    engine.postToAll(event);
  }

  void keep(RequestRoots held) {
    roots.set(held);
    if (isClosed.get()) {
      releaseRoots();
    }
  }

  private void releaseRoots() {
    RequestRoots held = roots.getAndSet(null);
    if (held != null) {
      held.close();
    }
  }

  /** Records what became of a build. */
  void record(DerivationResult result) {
    results.put(result.derivation(), result);
    if (result instanceof DerivationResult.Failed failed && firstFailure == null) {
      firstFailure = failed.failure();
    } else if (result instanceof DerivationResult.Declined declined && firstRefusal == null) {
      firstRefusal = declined.decision();
    } else if (result instanceof DerivationResult.Cancelled cancelled && cancelReason == null) {
      cancelReason = cancelled.reason();
    }
    post(new BuildEvent.Finished(result.derivation(), result));
  }

  /** Decides the outcome from what was recorded. */
  void complete() {
    Failure failure = firstFailure;
    Decision refusal = firstRefusal;
    String reason = cancelReason;
    if (failure != null) {
      complete(new BuildOutcome.Failed(results, failure));
    } else if (refusal != null) {
      complete(new BuildOutcome.Declined(results, refusal));
    } else if (reason != null) {
      complete(new BuildOutcome.Cancelled(results, reason));
    } else {
      complete(new BuildOutcome.Built(results));
    }
  }

  void complete(BuildOutcome decided) {
    outcome.complete(decided);
  }

  boolean isCancelled() {
    return isCancelled;
  }

  boolean isDone() {
    return outcome.isDone();
  }

  @Override
  public BuildOutcome await() throws InterruptedException {
    try {
      BuildOutcome decided = outcome.get();
      delivery.flush(flushLimit);
      return decided;
    } catch (ExecutionException e) {
      throw new IllegalStateException("The outcome of a request cannot fail", e);
    }
  }

  @Override
  public Optional<BuildOutcome> await(Duration timeout) throws InterruptedException {
    try {
      outcome.get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
      return Optional.of(await());
    } catch (ExecutionException e) {
      throw new IllegalStateException("The outcome of a request cannot fail", e);
    } catch (TimeoutException e) {
      return Optional.empty();
    }
  }

  @Override
  public CompletableFuture<BuildOutcome> outcome() {
    return outcome.copy();
  }

  @Override
  public void cancel() {
    isCancelled = true;
    engine.cancel(this, "it was cancelled");
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    if (!isDone()) {
      cancel();
    }
    releaseRoots();
    delivery.close(isDone() ? flushLimit : Duration.ofMillis(1));
  }
}
