package io.github.remotebuild.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;

/**
 * Looks again and again until something is so, for things that tell nobody when they change.
 *
 * @since 0.1
 */
public final class Eventually {
  private static final long PAUSE_NANOS = 20_000_000;

  private Eventually() {}

  /**
   * Returns as soon as the assertion holds, and fails as it does when the time is up.
   *
   * @param patience how long to look
   * @param actual gets what is looked at
   * @param assertion throws an {@link AssertionError} while it is not so
   * @return what was looked at last
   */
  public static <T> T within(
      Duration patience, Supplier<T> actual, ThrowingConsumer<? super T> assertion) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      T found = actual.get();
      try {
        assertion.accept(found);
        return found;
      } catch (AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
