package io.github.remotebuild.testkit.embedded;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.BuildStatus;

/**
 * A build ends without outputs.
 *
 * @since 0.1
 */
public final class BuildFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final BuildStatus status;

  /**
   * Says how and why.
   *
   * @param status what the client is told; not a success
   * @param message what the client is told besides
   */
  public BuildFailedException(BuildStatus status, String message) {
    super(requireNonNull(message, "message"));
    if (status.isSuccess() || status == BuildStatus.UNKNOWN) {
      throw new IllegalArgumentException(status + " is no failure");
    }
    this.status = status;
  }

  /** What the client is told. */
  public BuildStatus status() {
    return status;
  }
}
