package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import java.util.List;

/** Puts events into words. Called by one thread at a time, in order. */
@FunctionalInterface
interface Narrator {
  /** The lines that the event is worth; mostly none. */
  List<Line> tell(BuildEvent event);
}
