package io.github.remotebuild.dispatch;

/**
 * Names a build: one derivation to be built for one request.
 *
 * @param number unique within one dispatcher
 * @since 0.1
 */
public record BuildId(long number) implements Comparable<BuildId> {
  @Override
  public int compareTo(BuildId other) {
    return Long.compare(number, other.number);
  }
}
