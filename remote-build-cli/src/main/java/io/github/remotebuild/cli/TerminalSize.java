package io.github.remotebuild.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How large a terminal is, in characters. */
record TerminalSize(int columns, int rows) {
  /** What is assumed if nothing is known. */
  static final TerminalSize USUAL = new TerminalSize(80, 24);

  private static final Pattern STTY = Pattern.compile("(\\d{1,4}) (\\d{1,4})\\s*");

  /** Reads what {@code stty size} prints; a terminal that knows no size says {@code 0 0}. */
  static Optional<TerminalSize> parse(String text) {
    Matcher matcher = STTY.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    TerminalSize size =
        new TerminalSize(Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(1)));
    return size.columns == 0 || size.rows == 0 ? Optional.empty() : Optional.of(size);
  }

  /** The size with the columns that the variable {@code COLUMNS} names, if it names any. */
  TerminalSize withColumns(String variable) {
    boolean isNumber = variable.matches("[1-9]\\d{0,3}");
    return isNumber ? new TerminalSize(Integer.parseInt(variable), rows) : this;
  }
}
