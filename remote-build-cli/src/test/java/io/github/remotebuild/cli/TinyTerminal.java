package io.github.remotebuild.cli;

import java.util.ArrayList;
import java.util.List;

/** As much of a terminal as a live view uses: lines, a cursor, clearing, wrapping. */
final class TinyTerminal {
  private int columns;
  private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
  private int row;
  private int column;
  private boolean isWrapping = true;
  private boolean isCursorShown = true;

  TinyTerminal(int columns) {
    this.columns = columns;
  }

  void print(String text) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\u001b') {
        int end = at + 2;
        while (!Character.isLetter(text.charAt(end))) {
          end++;
        }
        control(text.substring(at + 2, end), text.charAt(end));
        at = end + 1;
      } else {
        put(c);
        at++;
      }
    }
  }

  /** Makes it narrower, and breaks its lines anew. */
  void becomes(int fewer) {
    List<StringBuilder> broken = new ArrayList<>();
    int newRow = row;
    for (int i = 0; i < lines.size(); i++) {
      StringBuilder line = lines.get(i);
      int rows = Math.max(1, (line.length() + fewer - 1) / fewer);
      for (int j = 0; j < rows; j++) {
        int end = Math.min(line.length(), (j + 1) * fewer);
        broken.add(new StringBuilder(line.substring(j * fewer, end)));
      }
      newRow += i < row ? rows - 1 : 0;
    }
    lines.clear();
    lines.addAll(broken);
    row = newRow;
    columns = fewer;
  }

  private void put(char c) {
    if (c == '\n') {
      row++;
      column = 0;
    } else if (c == '\r') {
      column = 0;
    } else {
      if (column == columns && isWrapping) {
        row++;
        column = 0;
      }
      column = Math.min(column, columns - 1);
      StringBuilder line = line(row);
      while (line.length() <= column) {
        line.append(' ');
      }
      line.setCharAt(column, c);
      column++;
    }
    line(row);
  }

  private void control(String parameters, char command) {
    switch (command) {
      case 'A' -> row = Math.max(0, row - Integer.parseInt(parameters));
      case 'K' -> line(row).setLength(Math.min(column, line(row).length()));
      case 'J' -> {
        line(row).setLength(Math.min(column, line(row).length()));
        while (lines.size() > row + 1) {
          lines.remove(lines.size() - 1);
        }
      }
      case 'h', 'l' -> {
        switch (parameters) {
          case "?7" -> isWrapping = command == 'h';
          case "?25" -> isCursorShown = command == 'h';
          default -> throw new AssertionError("mode " + parameters);
        }
      }
      case 'm' -> {}
      default -> throw new AssertionError("control sequence " + parameters + command);
    }
  }

  private StringBuilder line(int number) {
    while (lines.size() <= number) {
      lines.add(new StringBuilder());
    }
    return lines.get(number);
  }

  /** The lines that are not empty, without spaces at their ends. */
  List<String> text() {
    return lines.stream()
        .map(line -> line.toString().stripTrailing())
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** Whether everything is as a shell expects it. */
  boolean isSane() {
    return isWrapping && isCursorShown && column == 0;
  }
}
