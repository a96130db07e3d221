package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.policy.Decision;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of one derivation. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface DerivationResult {
  /** The derivation. */
  StorePath derivation();

  /** Every attempt made, oldest first; empty if none was. */
  List<Attempt> attempts();

  /** One line for a person. */
  String describe();

  /**
   * The wanted outputs were in the hub, or could be substituted there: nothing was built.
   *
   * @param outputs the wanted outputs by name
   */
  record AlreadyValid(StorePath derivation, SortedMap<String, StorePath> outputs)
      implements DerivationResult {
    /** Copies the map. */
    public AlreadyValid {
      requireNonNull(derivation, "derivation");
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }

    @Override
    public List<Attempt> attempts() {
      return List.of();
    }

    @Override
    public String describe() {
      return derivation.name() + " is already valid";
    }
  }

  /**
   * It was built, and its outputs are in the hub.
   *
   * @param outputs the wanted outputs by name
   * @param attempts at least one; the last is the one that succeeded
   */
  record Built(StorePath derivation, SortedMap<String, StorePath> outputs, List<Attempt> attempts)
      implements DerivationResult {
    /** Copies the collections and checks that there is an attempt. */
    public Built {
      requireNonNull(derivation, "derivation");
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
      attempts = List.copyOf(attempts);
      if (attempts.isEmpty()) {
        throw new IllegalArgumentException(derivation + " cannot be built without an attempt");
      }
    }

    /** The machine it was built on. */
    public String machine() {
      return attempts.get(attempts.size() - 1).machine();
    }

    @Override
    public String describe() {
      return derivation.name() + " was built on " + machine();
    }
  }

  /** It failed. */
  record Failed(StorePath derivation, Failure failure, List<Attempt> attempts)
      implements DerivationResult {
    /** Copies the list. */
    public Failed {
      requireNonNull(derivation, "derivation");
      requireNonNull(failure, "failure");
      attempts = List.copyOf(attempts);
    }

    @Override
    public String describe() {
      return failure.message();
    }
  }

  /**
   * It was not tried, because a derivation that it needs failed or can be built by no machine.
   *
   * @param rootCause the derivation that is the reason
   */
  record DependencyFailed(StorePath derivation, StorePath rootCause) implements DerivationResult {
    /** Refuses null. */
    public DependencyFailed {
      requireNonNull(derivation, "derivation");
      requireNonNull(rootCause, "rootCause");
    }

    @Override
    public List<Attempt> attempts() {
      return List.of();
    }

    @Override
    public String describe() {
      return derivation.name()
          + " was not tried, because it needs "
          + rootCause.name()
          + ", which failed";
    }
  }

  /** No machine can ever take it. */
  record Declined(StorePath derivation, Decision decision) implements DerivationResult {
    /** Refuses null. */
    public Declined {
      requireNonNull(derivation, "derivation");
      requireNonNull(decision, "decision");
    }

    @Override
    public List<Attempt> attempts() {
      return List.of();
    }

    @Override
    public String describe() {
      return "Could not build " + derivation + ": " + decision.explain();
    }
  }

  /** It was stopped, or never begun. */
  record Cancelled(StorePath derivation, String reason, List<Attempt> attempts)
      implements DerivationResult {
    /** Copies the list. */
    public Cancelled {
      requireNonNull(derivation, "derivation");
      requireNonNull(reason, "reason");
      attempts = List.copyOf(attempts);
    }

    @Override
    public String describe() {
      return derivation.name() + " was not finished: " + reason;
    }
  }
}
