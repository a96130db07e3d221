package io.github.remotebuild.dispatch;

import java.util.List;

/**
 * Where a build that waits stands among those of one caller: as urgent as this caller's nodes make
 * it. It is at the front of which line the build is taken from who pays for the attempt.
 */
final class PlaceInLine implements Comparable<PlaceInLine> {
  /** So many builds that wait for this one count as one level of priority; more do not. */
  private static final int LINKS_OF_A_LEVEL = 60;

  final Build build;
  final CallerAccount account;
  final WaitingLine line;

  /**
   * Since when it stands there, in the callers' time, as if a high priority and a long chain were
   * time spent waiting.
   */
  private long countsSince = Long.MAX_VALUE;

  private int priority = Standing.LOWEST_PRIORITY;
  private int chainLength;
  private BuildId oldest = new BuildId(Long.MAX_VALUE);

  PlaceInLine(Build build, WaitingLine line) {
    this.build = build;
    this.account = line.account;
    this.line = line;
  }

  /**
   * Makes it as urgent as this node; it must not stand in its line yet.
   *
   * @param ageing the waiting that a level of priority counts as
   */
  void consider(Node node, long ageing) {
    int level = node.request.standing.priority();
    int links = Math.min(node.chainLength, LINKS_OF_A_LEVEL) - 1;
    long counts = node.inLineSince - ageing * level - ageing * links / LINKS_OF_A_LEVEL;
    countsSince = Math.min(countsSince, counts);
    priority = Math.max(priority, level);
    chainLength = Math.max(chainLength, node.chainLength);
    oldest = node.id.compareTo(oldest) < 0 ? node.id : oldest;
  }

  /** Takes over since when its caller was passed over in the lines of before. */
  void learnFrom(List<PlaceInLine> before) {
    for (PlaceInLine other : before) {
      if (other.account == account) {
        line.passedOverSince = Math.min(line.passedOverSince, other.line.passedOverSince);
      }
    }
  }

  int priority() {
    return priority;
  }

  /** The longest wait first, then the longest remaining chain, then the oldest. */
  @Override
  public int compareTo(PlaceInLine other) {
    int byWait = Long.compare(countsSince, other.countsSince);
    if (byWait != 0) {
      return byWait;
    }
    int byChain = Integer.compare(other.chainLength, chainLength);
    return byChain != 0 ? byChain : oldest.compareTo(other.oldest);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return oldest.hashCode();
  }
}
