package io.github.remotebuild.testkit.embedded;

import java.util.ArrayList;
import java.util.List;

/** Splits a command line as {@code sh} does, as far as quotes and backslashes go. */
final class ShellCommandLine {
  private ShellCommandLine() {}

  static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean isEscape = c == '\\' && quote != '\'' && i + 1 < line.length();
      if (isEscape) {
        i++;
        if (quote == '"' && "\\\"$`".indexOf(line.charAt(i)) < 0) {
          word.append('\\');
        }
        word.append(line.charAt(i));
        isWord = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        isWord = true;
      } else if (Character.isWhitespace(c)) {
        if (isWord) {
          words.add(word.toString());
          word.setLength(0);
          isWord = false;
        }
      } else {
        word.append(c);
        isWord = true;
      }
    }
    if (isWord) {
      words.add(word.toString());
    }
    return words;
  }
}
