package io.github.remotebuild.machines;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.FormatException;

/**
 * One thing that is wrong in a machines file. Immutable.
 *
 * @param source the file, or whatever name was given to the text
 * @param line the line in it, counted from 1
 * @param column the character in the line, counted from 1
 * @param field which column of the entry it is about
 * @param expected what should have been there
 * @param found what was there instead, shortened and escaped
 * @since 0.1
 */
public record MachinesProblem(
    String source, int line, int column, MachineField field, String expected, String found) {
  /** Shortens and escapes what was found. */
  public MachinesProblem {
    requireNonNull(field, "field");
    found = new FormatException(source, "", expected, found).found();
  }

  /** This problem as the exception that other formats throw. */
  public FormatException toFormatException() {
    return new FormatException(
        source,
        "line " + line + ", column " + column + " (" + field.label() + ")",
        expected,
        found);
  }

  /** Such as {@code machines:3:14: max jobs: expected …, found 'eight'}. */
  @Override
  public String toString() {
    return source
        + ":"
        + line
        + ":"
        + column
        + ": "
        + field.label()
        + ": expected "
        + expected
        + ", found "
        + found;
  }
}
