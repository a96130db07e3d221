package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.model.StorePath;
import java.util.Collection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Paths that are kept from the garbage collector until this is closed, as a store process does for
 * as long as it lives. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class SessionRoots implements AutoCloseable {
  private final Set<SessionRoots> registry;
  private final Set<StorePath> paths = ConcurrentHashMap.newKeySet();

  SessionRoots(Set<SessionRoots> registry) {
    this.registry = registry;
    registry.add(this);
  }

  /** Keeps these paths too, whether they are valid yet or not. */
  public void hold(Collection<StorePath> more) {
    paths.addAll(more);
  }

  /** What is kept, sorted. */
  public SortedSet<StorePath> paths() {
    return new TreeSet<>(paths);
  }

  /** Gives all of it up. */
  @Override
  public void close() {
    registry.remove(this);
  }
}
