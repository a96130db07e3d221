package io.github.remotebuild.cli;

import java.util.regex.Pattern;

/** How much room text takes on a terminal, and how to make it safe and short enough for one. */
final class Columns {
  /** Colours, links and other escapes that builders print; the one unfinished at the end too. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          "(?:\u001b\\[|\u009b)[0-?]*[ -/]*(?:[@-~]|$)"
              + "|\u001b\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\|$)"
              + "|\u001b[ -/]*(?:[0-~]|$)");

  private Columns() {}

  /**
   * The text without anything that moves a cursor, colours or reorders: escapes, control
   * characters, direction marks. Of a line that was overwritten by means of carriage returns, the
   * last state remains; a tab becomes a space.
   */
  static String sanitized(String text) {
    String stripped = ESCAPE.matcher(text).replaceAll("");
    int end = stripped.length();
    while (end > 0 && (stripped.charAt(end - 1) == '\r' || stripped.charAt(end - 1) == '\n')) {
      end--;
    }
    String visible = stripped.substring(stripped.lastIndexOf('\r', end - 1) + 1, end);
    StringBuilder out = new StringBuilder(visible.length());
    visible
        .codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL -> out.append(c == '\t' ? " " : "");
                case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> {}
                case Character.SURROGATE -> out.append('\ufffd');
                default -> out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** How many columns the text takes, which must be sanitized. */
  static int width(String text) {
    return text.codePoints().map(Columns::width).sum();
  }

  private static int width(int c) {
    if (c < 0x300) {
      return 1;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(c) ? 2 : 1;
  }

  /** East Asian wide and full width, and pictographs: the blocks of UAX 11 that matter. */
  private static boolean isWide(int c) {
    return c >= 0x1100
        && (c <= 0x115f
            || (c >= 0x2e80 && c <= 0x303e)
            || (c >= 0x3041 && c <= 0xa4cf)
            || (c >= 0xa960 && c <= 0xa97c)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd));
  }

  /** As much of the text as fits, with {@code mark} at the end if anything is missing. */
  static String cut(String text, int columns, String mark) {
    if (width(text) <= columns) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int room = columns - width(mark);
    if (room < 0) {
      return mark.substring(0, Math.max(0, Math.min(columns, mark.length())));
    }
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      room -= width(c);
      if (room < 0) {
        break;
      }
      out.appendCodePoint(c);
      at += Character.charCount(c);
    }
    return out.append(mark).toString();
  }

  /** The text, cut or filled up with spaces to exactly that many columns. */
  static String fit(String text, int columns, String mark) {
    String cut = cut(text, columns, mark);
    return cut + " ".repeat(Math.max(0, columns - width(cut)));
  }
}
