package io.github.remotebuild.machines;

/** A place in a text: line and column are counted from 1. */
record Spot(String source, int line, int column) {
  /** The place {@code count} characters further on in the same line. */
  Spot plus(int count) {
    return new Spot(source, line, column + count);
  }
}
