package io.github.remotebuild.cli;

import java.util.List;
import java.util.stream.Collectors;

/** The block of lines at the bottom of the terminal at one moment. Immutable. */
record Frame(List<Line> lines) {
  Frame {
    lines = List.copyOf(lines);
  }

  static Frame empty() {
    return new Frame(List.of());
  }

  /** The text alone. */
  String text() {
    return lines.stream().map(Line::text).collect(Collectors.joining("\n"));
  }
}
