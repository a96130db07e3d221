package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

/**
 * One line of the story of a machine. Immutable.
 *
 * @param connection the number of the connection it happened on, counted from 1; 0 for none
 * @param event what happened
 * @since 0.1
 */
public record StoryLine(int connection, MachineEvent event) {
  /** Refuses null. */
  public StoryLine {
    requireNonNull(event, "event");
  }

  @Override
  public String toString() {
    return (connection == 0 ? "      " : String.format("  [%2d] ", connection)) + event;
  }
}
