package io.github.remotebuild.cli;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.SelectionPolicy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A policy that decides as another one does, and remembers why. Safe for use by several threads.
 *
 * <p>Attempts begin in the order of the decisions for their machine, and each decision for a
 * machine leads to one attempt, so the oldest decision not yet taken away is the one behind an
 * attempt.
 */
final class DecisionNotes implements SelectionPolicy {
  /** How many decisions are remembered for a machine. */
  private static final int LIMIT = 1_000;

  private final SelectionPolicy policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Deque<Decision.Accept>> untold = new HashMap<>();

  DecisionNotes(SelectionPolicy policy) {
    this.policy = policy;
  }

  @Override
  public String name() {
    return policy.name();
  }

  @Override
  public Decision decide(Demand demand, FarmSnapshot snapshot) {
    Decision decision = policy.decide(demand, snapshot);
    if (decision instanceof Decision.Accept accept) {
      lock.lock();
      try {
        Deque<Decision.Accept> notes =
            untold.computeIfAbsent(accept.machine().name(), machine -> new ArrayDeque<>());
        notes.add(accept);
        if (notes.size() > LIMIT) {
          notes.remove();
        }
      } finally {
        lock.unlock();
      }
    }
    return decision;
  }

  /** The decision behind the attempt that has begun on the machine. */
  Optional<Decision.Accept> take(String machine) {
    lock.lock();
    try {
      return Optional.ofNullable(untold.getOrDefault(machine, new ArrayDeque<>()).poll());
    } finally {
      lock.unlock();
    }
  }
}
