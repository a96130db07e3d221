package io.github.remotebuild.cli;

/** What an attempt is doing, as far as its events tell. */
enum BuildStep {
  CONNECTING("connecting"),
  SENDING("sending"),
  BUILDING("building"),
  FETCHING("fetching");

  private final String doing;

  BuildStep(String doing) {
    this.doing = doing;
  }

  String doing() {
    return doing;
  }
}
