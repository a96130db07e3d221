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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
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
  /** What the engine does for a request. */
  interface Owner {
    /** Tells those who listen to everything. */
    void postToAll(BuildEvent event);

    /** The request was cancelled before anything was done for it: nothing more will be. */
    void abandoned(ActiveRequest request, String reason);

    /** The request was cancelled. Returns at once. */
    void cancelled(ActiveRequest request, String reason);

    /** Nobody holds the request any longer. */
    void closed(ActiveRequest request);
  }

  /** What the engine records of one build. */
  static final class Node {
    final BuildId id;
    final ActiveRequest request;
    final BuildJob job;
    final RequestRoots roots;

    /** What is done for it; null before it was attempted or joined another. */
    @Nullable SharedBuild shared;

    Node(BuildId id, ActiveRequest request, BuildJob job, RequestRoots roots) {
      this.id = id;
      this.request = request;
      this.job = job;
      this.roots = roots;
    }

    /** Every attempt that was made for it and is over, oldest first. */
    List<Attempt> attempts() {
      SharedBuild build = shared;
      return build == null ? List.of() : build.attempts;
    }
  }

  private enum Stage {
    QUEUED,
    ABANDONED,
    BEGUN
  }

  final RequestId id;
  final BuildRequest request;
  final EventDelivery delivery;
  final Map<BuildId, Node> nodes = new HashMap<>();

  private final Owner owner;
  private final Duration flushLimit;
  private final SortedMap<StorePath, DerivationResult> results = new TreeMap<>();
  private final CompletableFuture<BuildOutcome> outcome = new CompletableFuture<>();

  /** The same outcome, for callers: what they attach to it does not run on the engine's thread. */
  private final CompletableFuture<BuildOutcome> published;

  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
  private final AtomicReference<@Nullable RequestRoots> roots = new AtomicReference<>();
  private final AtomicReference<@Nullable String> cancelReason = new AtomicReference<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private @Nullable Failure firstFailure;
  private @Nullable Decision firstRefusal;
  private @Nullable String firstCancellation;

  ActiveRequest(
      RequestId id,
      BuildRequest request,
      Owner owner,
      EventDelivery delivery,
      Duration flushLimit,
      Executor publisher) {
    this.id = id;
    this.request = request;
    this.owner = owner;
    this.delivery = delivery;
    this.flushLimit = flushLimit;
    this.published = outcome.thenApplyAsync(decided -> decided, publisher);
  }

  void post(BuildEvent event) {
    delivery.post(event);
    owner.postToAll(event);
  }

  /** Begins to work on it; false if it was cancelled before. */
  boolean begin() {
    return stage.compareAndSet(Stage.QUEUED, Stage.BEGUN);
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
    } else if (result instanceof DerivationResult.Cancelled cancelled
        && firstCancellation == null) {
      firstCancellation = cancelled.reason();
    }
    post(new BuildEvent.Finished(result.derivation(), result));
  }

  /** Records a failure that is not that of one build. */
  void fail(Failure failure) {
    if (firstFailure == null) {
      firstFailure = failure;
    }
  }

  /** Decides the outcome from what was recorded. */
  void complete() {
    Failure failure = firstFailure;
    Decision refusal = firstRefusal;
    String reason = firstCancellation;
    if (failure != null) {
      complete(new BuildOutcome.Failed(results, failure));
    } else if (refusal != null) {
      complete(new BuildOutcome.Declined(results, refusal));
    } else if (reason != null) {
      complete(new BuildOutcome.Cancelled(results, reason));
    } else {
      complete(new BuildOutcome.Built(results));
    }
    // A handle that is kept for long is to keep the outcome only.
    nodes.clear();
    results.clear();
  }

  void complete(BuildOutcome decided) {
    outcome.complete(decided);
  }

  boolean isCancelled() {
    return cancelReason.get() != null;
  }

  /** Why it was cancelled, if it was. */
  Optional<String> cancelReason() {
    return Optional.ofNullable(cancelReason.get());
  }

  /** Waits for the decision, but not for the listener. */
  void awaitDecision(Duration patience) throws InterruptedException {
    try {
      outcome.get(Nanos.of(patience), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The outcome of a request cannot fail", e);
    } catch (TimeoutException e) {
      // Whoever asks looks again.
    }
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
    awaitDecision(timeout.isNegative() ? Duration.ZERO : timeout);
    return outcome.isDone() ? Optional.of(await()) : Optional.empty();
  }

  @Override
  public CompletableFuture<BuildOutcome> outcome() {
    return published.copy();
  }

  @Override
  public void cancel() {
    cancel("it was cancelled");
  }

  void cancel(String reason) {
    if (outcome.isDone() || !cancelReason.compareAndSet(null, reason)) {
      return;
    }
    if (stage.compareAndSet(Stage.QUEUED, Stage.ABANDONED)) {
      owner.abandoned(this, reason);
    } else {
      owner.cancelled(this, reason);
    }
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    cancel();
    releaseRoots();
    if (outcome.isDone()) {
      delivery.close(flushLimit);
    } else {
      delivery.end();
    }
    owner.closed(this);
  }

  /** Lets go of everything without waiting for anybody. */
  void drop() {
    RequestRoots held = roots.getAndSet(null);
    if (held != null) {
      held.abort();
    }
    delivery.end();
  }

  @Override
  public String toString() {
    BuildOutcome decided = outcome.getNow(null);
    return "request for "
        + request
        + (decided == null ? "" : ": " + decided.getClass().getSimpleName());
  }
}
