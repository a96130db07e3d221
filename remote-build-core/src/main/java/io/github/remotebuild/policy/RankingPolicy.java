package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import java.util.Comparator;
import java.util.List;

/** Chooses by a comparator among the machines that could take the build. */
record RankingPolicy(String name, Comparator<Candidate> bestFirst) implements SelectionPolicy {
  RankingPolicy {
    requireNonNull(name, "name");
    requireNonNull(bestFirst, "bestFirst");
  }

  @Override
  public Decision decide(Demand demand, FarmSnapshot snapshot) {
    Selection selection = Selection.of(this, demand, snapshot);
    List<Candidate> candidates = selection.candidates();
    if (candidates.isEmpty()) {
      return selection.acceptNobody();
    }
    Candidate best = candidates.get(0);
    for (Candidate candidate : candidates) {
      if (bestFirst.compare(candidate, best) < 0) {
        best = candidate;
      }
    }
    return selection.accept(best);
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
