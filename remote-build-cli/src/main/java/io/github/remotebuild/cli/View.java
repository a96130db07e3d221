package io.github.remotebuild.cli;

import io.github.remotebuild.BuildListener;
import io.github.remotebuild.BuildOutcome;

/** Shows a person what happens to a request. */
interface View extends BuildListener, AutoCloseable {
  /** Shows a line that stays. */
  void say(Line line);

  /** Says what came of the request; nothing else is shown after that. */
  void conclude(BuildOutcome outcome);

  /** Leaves the terminal as it was. Does nothing the second time. */
  @Override
  void close();
}
