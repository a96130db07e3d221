package io.github.remotebuild;

/**
 * Hears what happens to builds.
 *
 * <p>Called by one thread at a time, in order, on a thread of its own: a listener that is slow,
 * never returns or throws slows no build. What it cannot take in time is dropped and counted
 * ({@link BuildEvent.Dropped}).
 *
 * @since 0.1
 */
@FunctionalInterface
public interface BuildListener {
  /** Takes one event. */
  void on(BuildEvent event);

  /** A listener that ignores everything. */
  static BuildListener silent() {
    return event -> {};
  }
}
