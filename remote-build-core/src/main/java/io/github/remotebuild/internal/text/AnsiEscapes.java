package io.github.remotebuild.internal.text;

import java.util.regex.Pattern;

/** Terminal escapes, which Nix puts into its messages even where no terminal is. */
public final class AnsiEscapes {
  /** Control sequences (colours), operating system commands (links), and other escapes. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\u001b(?:\\[[0-?]*[ -/]*(?:[@-~]|$)"
              + "|\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\|$)"
              + "|[ -/]*[0-~])?");

  private AnsiEscapes() {}

  /** The text without its escapes. */
  public static String strip(String text) {
    return text.indexOf('\u001b') < 0 ? text : ESCAPE.matcher(text).replaceAll("");
  }
}
