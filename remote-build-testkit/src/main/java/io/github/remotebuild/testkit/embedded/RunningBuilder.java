package io.github.remotebuild.testkit.embedded;

/** A builder at work, a program or a function, which has told its {@link BuildWatch} of its end. */
interface RunningBuilder {
  /** Ends it and everything it has started; does nothing to one that has ended by itself. */
  void stop();

  /**
   * Says how it ended, once it has.
   *
   * @throws BuildFailedException if it failed
   */
  void checkSuccess() throws BuildFailedException;
}
