package io.github.remotebuild.model;

/** What may stand as one word in a list of names, in a column or in a message. */
final class Words {
  private Words() {}

  /** Whether {@code text} is not empty, not too long, and free of blanks and control characters. */
  static boolean isWord(String text, int limitChars) {
    return !text.isEmpty() && text.length() <= limitChars && !hasBlankOrControl(text);
  }

  /** Whether some character of {@code text} separates or hides: a blank, a control, U+FFFD. */
  static boolean hasBlankOrControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)
          || Character.isSpaceChar(c)
          || Character.isISOControl(c)
          || c == '\uFFFD') {
        return true;
      }
    }
    return false;
  }
}
