package io.github.remotebuild.internal.json;

/** Bytes that are not the JSON they should be; the callers turn it into their own error. */
public final class JsonProblem extends Exception {
  private static final long serialVersionUID = 1L;

  private final String expected;
  private final long offset;

  JsonProblem(String expected, long offset) {
    super("expected " + expected + " at byte " + offset);
    this.expected = expected;
    this.offset = offset;
  }

  /** What should have been there. */
  public String expected() {
    return expected;
  }

  /** The byte offset at which reading stopped. */
  public long offset() {
    return offset;
  }
}
