package io.github.remotebuild.machines;

import java.util.ArrayList;
import java.util.List;

/** One column of an entry and where it begins. */
record Column(Spot spot, String text) {
  /** The columns of an entry that begins at {@code spot}. */
  static List<Column> split(Spot spot, String entry) {
    List<Column> columns = new ArrayList<>();
    int at = 0;
    while (at < entry.length()) {
      int start = at;
      while (at < entry.length() && !isBlank(entry.charAt(at))) {
        at++;
      }
      if (at > start) {
        columns.add(new Column(spot.plus(start), entry.substring(start, at)));
      }
      at++;
    }
    return columns;
  }

  /** {@code text} without the blanks around it. */
  static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** Whether Nix separates columns at {@code c}; form feeds and wide blanks do not. */
  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  /** Whether the column says nothing. */
  boolean isDefault() {
    return text.equals("-");
  }
}
