package io.github.remotebuild.cli;

/** The command line asks for something that cannot be done; the message says what and why. */
final class UsageProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageProblem(String message) {
    super(message);
  }
}
