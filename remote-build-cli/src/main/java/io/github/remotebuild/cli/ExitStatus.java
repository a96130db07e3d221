package io.github.remotebuild.cli;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;

/** The exit statuses, which are Nix's where Nix has one. */
final class ExitStatus {
  static final int BUILT = 0;
  static final int TROUBLE = 1;
  static final int USAGE = 2;
  static final int BUILD_FAILED = 100;
  static final int TIMED_OUT = 101;

  private ExitStatus() {}

  static int of(BuildOutcome outcome) {
    return outcome.match(
        built -> BUILT, failed -> of(failed.failure()), declined -> TROUBLE, cancelled -> TROUBLE);
  }

  private static int of(Failure failure) {
    boolean isOfBuild = failure.phase() == Phase.BUILD;
    if (isOfBuild && failure.cause() == FailureCause.TIMED_OUT) {
      return TIMED_OUT;
    }
    return switch (failure.cause()) {
      case BUILD_FAILED, OUTPUT_REJECTED, LOG_LIMIT_EXCEEDED, NOT_DETERMINISTIC, TRANSIENT ->
          BUILD_FAILED;
      default -> TROUBLE;
    };
  }
}
