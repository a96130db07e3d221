package io.github.remotebuild.internal.runtime;

import io.github.remotebuild.model.Failure;

/** Carries a failure to where it becomes part of an outcome. */
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  FailedException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}
