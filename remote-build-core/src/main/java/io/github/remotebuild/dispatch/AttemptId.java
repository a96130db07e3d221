package io.github.remotebuild.dispatch;

/**
 * Names an attempt: one try of one build on one machine.
 *
 * @param number unique within one dispatcher
 * @since 0.1
 */
public record AttemptId(long number) implements Comparable<AttemptId> {
  @Override
  public int compareTo(AttemptId other) {
    return Long.compare(number, other.number);
  }
}
