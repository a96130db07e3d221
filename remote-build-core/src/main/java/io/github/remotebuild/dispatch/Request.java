package io.github.remotebuild.dispatch;

import java.util.ArrayList;
import java.util.List;

/** What the dispatcher knows of one request. */
final class Request {
  final RequestId id;
  final RequestRules rules;
  final List<Build> builds = new ArrayList<>();

  /** How many of its builds are not over. */
  int unfinished;

  Request(RequestId id, RequestRules rules) {
    this.id = id;
    this.rules = rules;
  }
}
