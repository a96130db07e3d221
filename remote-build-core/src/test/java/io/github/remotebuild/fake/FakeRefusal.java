package io.github.remotebuild.fake;

/** What a store process says on its standard error before it ends with status 1. */
public final class FakeRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FakeRefusal(String message) {
    super(message);
  }
}
