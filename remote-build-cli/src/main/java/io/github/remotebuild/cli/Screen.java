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
  private Frame shown = Frame.empty();
  private boolean isCursorHidden;

  Screen(boolean isColourful) {
    this.isColourful = isColourful;
  }

  /**
   * Puts lines above the frame for good, and another frame in the place of the last one.
   *
   * @return what to send
   */
  String show(List<Line> above, Frame next) {
    if (above.isEmpty() && next.equals(shown)) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    if (!isCursorHidden) {
      out.append(HIDE_CURSOR);
      isCursorHidden = true;
    }
    rewind(out);
    if (!above.isEmpty()) {
      // What stays may be longer than a line, and is read later; so the old frame goes first.
      out.append(CLEAR_BELOW);
      above.forEach(line -> out.append(text(line)).append('\n'));
    }
    out.append(NO_WRAP);
    next.lines().forEach(line -> out.append(text(line)).append(CLEAR_LINE_END).append('\n'));
    out.append(WRAP).append(CLEAR_BELOW);
    shown = next;
    return out.toString();
  }

  /** Takes the frame away and gives the cursor back. */
  String end(List<Line> above) {
    String last = show(above, Frame.empty());
    String cursor = isCursorHidden ? SHOW_CURSOR : "";
    isCursorHidden = false;
    return last + cursor;
  }

  private void rewind(StringBuilder out) {
    // A terminal that was made narrower may have broken the lines. Nobody knows whether it did, and
    // a leftover of the frame is better than the loss of what is above it.
    int rows = shown.lines().size();
    out.append('\r');
    if (rows > 0) {
      out.append("\u001b[").append(rows).append('A');
    }
  }

  private String text(Line line) {
    return isColourful ? line.escaped() : line.text();
  }
}
