package io.github.remotebuild;

/**
 * Hears what happens to builds.
 *
 * <p>For each request it is given to, and for each {@link RemoteBuilds}, it is called on one thread
 * of its own, in order; given to two of them, it is called by two threads. A listener that is slow,
 * never returns or throws slows no build. What it cannot take in time is dropped and counted
 * ({@link BuildEvent.Dropped}). It may call any method of a {@link BuildHandle} or {@link
 * RemoteBuilds}; waiting for an outcome holds up its own events only. It is interrupted if it has
 * not returned when its request or the {@code RemoteBuilds} is closed.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface BuildListener {
  /** Takes one event. */
  void on(BuildEvent event);

  /** A listener that ignores everything. */
  static BuildListener silent() {
    return SilentListener.INSTANCE;
  }
}
