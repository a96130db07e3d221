package io.github.remotebuild.ssh.jsch;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes words so that a POSIX shell reads exactly them. */
final class ShellWords {
  /** Words that no shell changes; a word that is an assignment must be quoted. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

  private ShellWords() {}

  static String quote(List<String> words) {
    if (words.isEmpty()) {
      throw new IllegalArgumentException("the command has no words");
    }
    return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
  }

  private static String quote(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a word of a command cannot contain a NUL character");
    }
    if (PLAIN.matcher(word).matches()) {
      return word;
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
