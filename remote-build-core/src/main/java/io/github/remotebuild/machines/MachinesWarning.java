package io.github.remotebuild.machines;

import static java.util.Objects.requireNonNull;

/**
 * Something in a machines file that is valid, and yet perhaps not what was meant. Immutable.
 *
 * @param source the file, or whatever name was given to the text
 * @param line the line in it, counted from 1
 * @param column the character in the line, counted from 1
 * @param message what is odd and what comes of it, as one sentence without a full stop
 * @since 0.1
 */
public record MachinesWarning(String source, int line, int column, String message) {
  /** Checks that the parts are there. */
  public MachinesWarning {
    requireNonNull(source, "source");
    requireNonNull(message, "message");
  }

  /** Such as {@code machines:3:14: max jobs is 0, so this machine never gets a build}. */
  @Override
  public String toString() {
    return source + ":" + line + ":" + column + ": " + message;
  }
}
