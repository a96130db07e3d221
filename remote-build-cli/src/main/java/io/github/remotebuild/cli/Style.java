package io.github.remotebuild.cli;

/** How a piece of text stands out on a terminal. */
enum Style {
  PLAIN(""),
  BOLD("1"),
  DIM("2"),
  GOOD("32"),
  BAD("31"),
  BUSY("33"),
  NAME("36");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** The text with the escapes that make it look so. */
  String escaped(String text) {
    return code.isEmpty() || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
