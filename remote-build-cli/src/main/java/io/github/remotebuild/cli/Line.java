package io.github.remotebuild.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A line for a terminal, in pieces of different styles. Immutable.
 *
 * @param spans the pieces from left to right; their text is sanitized
 */
record Line(List<Span> spans) {
  private static final Pattern BREAK = Pattern.compile("(?<= )(?=[^ ])(?!([KMGT]i)?B\\b)");

  /** A piece in one style. */
  record Span(String text, Style style) {}

  Line {
    spans = List.copyOf(spans);
  }

  static Line empty() {
    return new Line(List.of());
  }

  static Line of(String text) {
    return empty().plus(text);
  }

  static Line of(String text, Style style) {
    return empty().plus(text, style);
  }

  Line plus(String text) {
    return plus(text, Style.PLAIN);
  }

  Line plus(String text, Style style) {
    List<Span> more = new ArrayList<>(spans);
    more.add(new Span(Columns.sanitized(text), style));
    return new Line(more);
  }

  Line plus(Line other) {
    List<Span> more = new ArrayList<>(spans);
    more.addAll(other.spans);
    return new Line(more);
  }

  int width() {
    return spans.stream().mapToInt(span -> Columns.width(span.text())).sum();
  }

  /** As much of it as fits. */
  Line cut(int columns, String mark) {
    if (width() <= columns) {
      return this;
    }
    List<Span> kept = new ArrayList<>();
    int room = columns;
    for (Span span : spans) {
      int width = Columns.width(span.text());
      boolean isWhole = width < room;
      kept.add(isWhole ? span : new Span(Columns.cut(span.text() + " ", room, mark), span.style()));
      room -= width;
      if (!isWhole) {
        break;
      }
    }
    return new Line(kept);
  }

  /**
   * The same in lines that fit, broken at spaces, but not before a unit; a word that does not fit
   * stays whole.
   *
   * @param indent how many spaces all lines but the first begin with
   */
  List<Line> wrapped(int columns, int indent) {
    List<Line> lines = new ArrayList<>();
    Line current = empty();
    boolean isAtStart = true;
    for (Span span : spans) {
      for (String word : BREAK.split(span.text(), -1)) {
        if (!isAtStart && current.width() + Columns.width(word.stripTrailing()) > columns) {
          lines.add(current.stripTrailing());
          current = of(" ".repeat(indent));
          isAtStart = true;
        }
        current = current.plus(word, span.style());
        isAtStart = isAtStart && word.isBlank();
      }
    }
    lines.add(current);
    return lines;
  }

  private Line stripTrailing() {
    List<Span> stripped = new ArrayList<>(spans);
    Span last = stripped.remove(stripped.size() - 1);
    stripped.add(new Span(last.text().stripTrailing(), last.style()));
    return new Line(stripped);
  }

  /** The text alone. */
  String text() {
    return spans.stream().map(Span::text).collect(Collectors.joining());
  }

  /** The text with the escapes of its styles. */
  String escaped() {
    return spans.stream()
        .map(span -> span.style().escaped(span.text()))
        .collect(Collectors.joining());
  }
}
