package io.github.remotebuild.testkit.embedded;

import io.github.remotebuild.testkit.Gate;
import java.io.IOException;

/**
 * What a test does at a {@link Step}: it waits, as {@link Gate#pass} does, changes something, or
 * throws. Called by the thread that came to the step, which is interrupted when its client hangs
 * up.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface StepHook {
  /**
   * The step is reached.
   *
   * @throws EmbeddedStoreException to refuse: the store process says so in these words and ends
   * @throws IOException to break off: the connection is not made, the program not started, or the
   *     store process ends without an answer
   * @throws InterruptedException if the calling thread is interrupted
   */
  void reached() throws IOException, InterruptedException;
}
