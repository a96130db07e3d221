package io.github.remotebuild.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the dispatcher knows of one request. */
final class Request {
  final RequestId id;
  final RequestRules rules;
  final Standing standing;

  /** Everything it was ever to build, in the order in which it came. */
  final Map<BuildId, Node> nodes = new LinkedHashMap<>();

  /** How many of its nodes are not over. */
  int unfinished;

  /** Whether more may come, so that it is not over when nothing is left to do. */
  boolean isOpen;

  /** Why nothing more is done for it; null as long as something is. */
  @Nullable String stopReason;

  Request(RequestId id, RequestRules rules, Standing standing, boolean isOpen) {
    this.id = id;
    this.rules = rules;
    this.standing = standing;
    this.isOpen = isOpen;
  }

  boolean isOver() {
    return unfinished == 0 && (!isOpen || stopReason != null);
  }
}
