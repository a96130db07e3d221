package io.github.remotebuild.cli;

import java.util.List;

/**
 * Turns frames into what a terminal must be sent to show them below everything else.
 *
 * <p>Between two calls the cursor is at the beginning of the line below the frame, so that whatever
 * is printed meanwhile does the least harm. Not safe for use by several threads.
 */
final class Screen {
  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";
  private static final String CLEAR_LINE_END = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final boolean isColourful;
  private final boolean isReflowing;
  private Frame shown = Frame.empty();
  private int shownColumns;
  private boolean isCursorHidden;

  /**
   * Begins with nothing.
   *
   * @param isReflowing whether the terminal breaks lines anew when it is made narrower
   */
  Screen(boolean isColourful, boolean isReflowing) {
    this.isColourful = isColourful;
    this.isReflowing = isReflowing;
  }

  /**
   * Puts lines above the frame for good, and another frame in the place of the last one.
   *
   * @param columns how wide the terminal is now
   * @return what to send
   */
  String show(List<Line> above, Frame next, int columns) {
    if (above.isEmpty() && next.equals(shown) && columns == shownColumns) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    if (!isCursorHidden) {
      out.append(HIDE_CURSOR);
      isCursorHidden = true;
    }
    rewind(out, columns);
    if (!above.isEmpty()) {
      // What stays may be longer than a line, and is read later; so the old frame goes first.
      out.append(CLEAR_BELOW);
      above.forEach(line -> out.append(text(line)).append('\n'));
    }
    out.append(NO_WRAP);
    next.lines().forEach(line -> out.append(text(line)).append(CLEAR_LINE_END).append('\n'));
    out.append(WRAP).append(CLEAR_BELOW);
    shown = next;
    shownColumns = columns;
    return out.toString();
  }

  /** Takes the frame away and gives the cursor back. */
  String end(List<Line> above, int columns) {
    String last = show(above, Frame.empty(), columns);
    String cursor = isCursorHidden ? SHOW_CURSOR : "";
    isCursorHidden = false;
    return last + cursor;
  }

  private void rewind(StringBuilder out, int columns) {
    int rows = shown.lines().stream().mapToInt(line -> rows(line, columns)).sum();
    out.append('\r');
    if (rows > 0) {
      out.append("\u001b[").append(rows).append('A');
    }
  }

  /** How many rows a line takes that was shown before the terminal became as wide as it is now. */
  private int rows(Line line, int columns) {
    if (!isReflowing) {
      return 1;
    }
    int width = Math.min(line.width(), shownColumns);
    return Math.max(1, (width + columns - 1) / columns);
  }

  private String text(Line line) {
    return isColourful ? line.escaped() : line.text();
  }
}
