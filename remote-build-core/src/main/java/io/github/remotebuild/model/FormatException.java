package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

/**
 * Text or bytes from outside that are not what they should be.
 *
 * <p>The message names the input, the place in it, what was expected there and what was found
 * (shortened and escaped). Instances are immutable.
 *
 * @since 0.1
 */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int FOUND_LIMIT_CHARS = 80;

  private final String source;
  private final String place;
  private final String expected;
  private final String found;

  /**
   * Makes the exception from its four parts.
   *
   * @param source what was being read, such as {@code store path} or {@code /etc/nix/machines}
   * @param place where in it, such as {@code line 3, column 1} or {@code byte 17}; empty if the
   *     whole input is meant
   * @param expected what should have been there
   * @param found what was there instead; shortened and escaped here
   */
  public FormatException(String source, String place, String expected, String found) {
    super(
        "Could not read "
            + requireNonNull(source, "source")
            + (requireNonNull(place, "place").isEmpty() ? "" : " at " + place)
            + ": expected "
            + requireNonNull(expected, "expected")
            + ", found "
            + shorten(requireNonNull(found, "found")));
    this.source = source;
    this.place = place;
    this.expected = expected;
    this.found = shorten(found);
  }

  /** What was being read. */
  public String source() {
    return source;
  }

  /** Where in the input, or the empty string if the whole input is meant. */
  public String place() {
    return place;
  }

  /** What should have been there. */
  public String expected() {
    return expected;
  }

  /** What was there instead, shortened and escaped. */
  public String found() {
    return found;
  }

  private static String shorten(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (out.length() >= FOUND_LIMIT_CHARS) {
        out.append("... (").append(text.length()).append(" characters)");
        break;
      }
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }
}
