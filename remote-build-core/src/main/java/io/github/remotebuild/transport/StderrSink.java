package io.github.remotebuild.transport;

/**
 * Takes what a process writes to its standard error.
 *
 * <p>An implementation must return at once: it is called by the thread that also delivers standard
 * output, so one that blocks stops the process. Calls for one process come one after another.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface StderrSink {
  /**
   * Takes some bytes. The array belongs to the caller and is used again.
   *
   * @param buffer holds the bytes
   * @param offset where they begin
   * @param length how many there are
   */
  void accept(byte[] buffer, int offset, int length);

  /** Called once, when no more will come. */
  default void end() {}

  /** A sink that forgets everything. */
  static StderrSink discarding() {
    return (buffer, offset, length) -> {};
  }

  /**
   * A sink that passes everything on to {@code sink} until that one throws, and then forgets the
   * rest. Transports use it, so that a broken sink cannot break the stream that carries both
   * outputs.
   *
   * @param sink who gets the bytes
   */
  static StderrSink untilItThrows(StderrSink sink) {
    return new GuardedSink(sink);
  }
}
