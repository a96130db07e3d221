package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.Failure;
import io.github.remotebuild.policy.Decision;

/**
 * What became of a build. All cases are immutable.
 *
 * @since 0.1
 */
public sealed interface BuildEnd {
  /** Its outputs are in the hub. */
  record Succeeded() implements BuildEnd {}

  /** It failed, and will not be tried again. */
  record Failed(Failure failure) implements BuildEnd {}

  /** It was not tried, because a build that it depends on failed. */
  record DependencyFailed(BuildId rootCause) implements BuildEnd {}

  /** No machine of the farm can ever take it. */
  record Declined(Decision decision) implements BuildEnd {}

  /** It was stopped, or never begun, because the caller did not want it any longer. */
  record Cancelled(String reason) implements BuildEnd {}
}
