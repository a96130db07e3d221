package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.StorePath;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Who is writing which path. All paths of one holder are taken at once, so nobody deadlocks. */
final class PathLocks {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();
  private final Set<StorePath> held = new HashSet<>();

  /** Locks that are held until they are closed. */
  final class Held implements AutoCloseable {
    private final Set<StorePath> paths;

    private Held(Set<StorePath> paths) {
      this.paths = paths;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        held.removeAll(paths);
        released.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until nobody else writes any of the paths. */
  Held take(Collection<StorePath> paths) throws InterruptedException {
    Set<StorePath> wanted = Set.copyOf(paths);
    lock.lockInterruptibly();
    try {
      while (!Collections.disjoint(held, wanted)) {
        released.await();
      }
      held.addAll(wanted);
      return new Held(wanted);
    } finally {
      lock.unlock();
    }
  }

  /** The lock on one path, unless somebody is writing it. */
  Optional<Held> tryTake(StorePath path) {
    lock.lock();
    try {
      return held.add(path) ? Optional.of(new Held(Set.of(path))) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
