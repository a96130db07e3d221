package io.github.remotebuild.dispatch;

import java.util.ArrayList;
import java.util.List;

/** What the dispatcher knows of one request. */
final class Request {
  final RequestId id;
  final RequestRules rules;
  final Standing standing;
  final List<Build> builds = new ArrayList<>();

  /** How many of its builds are not over. */
  int unfinished;

  Request(RequestId id, RequestRules rules, Standing standing) {
    this.id = id;
    this.rules = rules;
    this.standing = standing;
  }
}
