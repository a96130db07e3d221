package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Machine;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a decision says about one machine. Immutable.
 *
 * @since 0.1
 */
public sealed interface Verdict {
  /** What is the matter, said of the machine, such as {@code lacks feature kvm}. */
  String text();

  /** Calls the function for the case that this is. */
  default <R> R match(
      Function<Chosen, R> onChosen,
      Function<Outranked, R> onOutranked,
      Function<Eligible, R> onEligible,
      Function<Rejected, R> onRejected) {
    if (this instanceof Chosen chosen) {
      return onChosen.apply(chosen);
    }
    if (this instanceof Outranked outranked) {
      return onOutranked.apply(outranked);
    }
    if (this instanceof Eligible eligible) {
      return onEligible.apply(eligible);
    }
    return onRejected.apply((Rejected) this);
  }

  /**
   * It takes the build.
   *
   * @param running how many builds ran there before
   * @param maxJobs how many it takes
   * @param speedFactor how fast it is
   */
  record Chosen(int running, int maxJobs, double speedFactor) implements Verdict {
    @Override
    public String text() {
      return "is chosen; " + Wording.load(running, maxJobs, speedFactor);
    }
  }

  /**
   * It could take the build, and another machine came first.
   *
   * @param by the machine that came first
   * @param reason what this one is, compared with that, such as {@code is slower}, if the policy
   *     says: {@link SelectionPolicy#whyNot}
   * @param running how many builds run there
   * @param maxJobs how many it takes
   * @param speedFactor how fast it is
   */
  record Outranked(
      Machine by, Optional<String> reason, int running, int maxJobs, double speedFactor)
      implements Verdict {
    /** Checks that the parts are there. */
    public Outranked {
      requireNonNull(by, "by");
      requireNonNull(reason, "reason");
    }

    @Override
    public String text() {
      return "could take it too"
          + reason.map(why -> ", but " + why).orElse("")
          + "; "
          + Wording.load(running, maxJobs, speedFactor);
    }
  }

  /**
   * It could take the build, and the policy chose nobody.
   *
   * @param running how many builds run there
   * @param maxJobs how many it takes
   * @param speedFactor how fast it is
   */
  record Eligible(int running, int maxJobs, double speedFactor) implements Verdict {
    @Override
    public String text() {
      return "could take it, but the policy holds back; "
          + Wording.load(running, maxJobs, speedFactor);
    }
  }

  /**
   * It cannot take the build.
   *
   * @param reasons every reason, the lasting ones first; at least one
   */
  record Rejected(List<Rejection> reasons) implements Verdict {
    /** Copies the reasons and checks that there is one. */
    public Rejected {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("there must be at least one reason");
      }
    }

    /** Whether waiting does not help. */
    public boolean isLasting() {
      return reasons.stream().anyMatch(Rejection::isLasting);
    }

    /** The reasons; if waiting does not help, only those for which it does not. */
    @Override
    public String text() {
      boolean isLasting = isLasting();
      return reasons.stream()
          .filter(reason -> reason.isLasting() == isLasting)
          .map(Rejection::text)
          .collect(Collectors.joining("; "));
    }
  }
}
