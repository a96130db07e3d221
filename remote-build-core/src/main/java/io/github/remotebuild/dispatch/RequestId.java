package io.github.remotebuild.dispatch;

/**
 * Names a request.
 *
 * @param number unique within one dispatcher
 * @since 0.1
 */
public record RequestId(long number) implements Comparable<RequestId> {
  @Override
  public int compareTo(RequestId other) {
    return Long.compare(number, other.number);
  }
}
