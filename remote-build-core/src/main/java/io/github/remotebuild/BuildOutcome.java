package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.Decision;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What became of a request. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface BuildOutcome {
  /**
   * What became of each derivation that the request named, or that had to be built for one of them;
   * in the order of their paths. Empty if planning failed.
   */
  SortedMap<StorePath, DerivationResult> results();

  /** Everything asked for is valid in the hub. */
  record Built(SortedMap<StorePath, DerivationResult> results) implements BuildOutcome {
    /** Copies the map. */
    public Built {
      results = copy(results);
    }

    /**
     * The outputs of a derivation that the request named.
     *
     * @throws IllegalArgumentException if it is not among the results
     */
    public SortedMap<String, StorePath> outputs(StorePath derivation) {
      DerivationResult result = results.get(requireNonNull(derivation, "derivation"));
      if (result instanceof DerivationResult.Built built) {
        return built.outputs();
      }
      if (result instanceof DerivationResult.AlreadyValid valid) {
        return valid.outputs();
      }
      throw new IllegalArgumentException(derivation + " is not one of the results");
    }
  }

  /**
   * At least one derivation failed, or planning did.
   *
   * @param failure the first failure
   */
  record Failed(SortedMap<StorePath, DerivationResult> results, Failure failure)
      implements BuildOutcome {
    /** Copies the map. */
    public Failed {
      results = copy(results);
      requireNonNull(failure, "failure");
    }
  }

  /**
   * No derivation failed, but at least one can be built by no machine of the farm.
   *
   * @param decision why not
   */
  record Declined(SortedMap<StorePath, DerivationResult> results, Decision decision)
      implements BuildOutcome {
    /** Copies the map. */
    public Declined {
      results = copy(results);
      requireNonNull(decision, "decision");
    }
  }

  /** The request was cancelled before it was done. */
  record Cancelled(SortedMap<StorePath, DerivationResult> results, String reason)
      implements BuildOutcome {
    /** Copies the map. */
    public Cancelled {
      results = copy(results);
      requireNonNull(reason, "reason");
    }
  }

  /** Applies the function that belongs to the case. */
  default <T> T match(
      Function<? super Built, ? extends T> built,
      Function<? super Failed, ? extends T> failed,
      Function<? super Declined, ? extends T> declined,
      Function<? super Cancelled, ? extends T> cancelled) {
    if (this instanceof Built b) {
      return built.apply(b);
    }
    if (this instanceof Failed f) {
      return failed.apply(f);
    }
    if (this instanceof Declined d) {
      return declined.apply(d);
    }
    return cancelled.apply((Cancelled) this);
  }

  private static SortedMap<StorePath, DerivationResult> copy(
      SortedMap<StorePath, DerivationResult> results) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(results));
  }
}
