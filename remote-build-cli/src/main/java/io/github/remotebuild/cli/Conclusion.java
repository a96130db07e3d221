package io.github.remotebuild.cli;

import io.github.remotebuild.BuildEvent;
import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.DerivationResult;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.StorePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is said at the end of a request that did not succeed, with the last log lines of what
 * failed. Not safe for use by several threads.
 */
final class Conclusion {
  /** How many log lines of a failed build are shown. */
  private static final int TAIL_LINES = 10;

  private final Map<StorePath, Deque<String>> tails = new HashMap<>();

  /**
   * The lines.
   *
   * @param errors what went wrong
   * @param untried what could not be tried because of that
   */
  record Text(List<String> errors, List<String> untried) {}

  /** Keeps the end of each log. */
  void hear(BuildEvent event) {
    if (event instanceof BuildEvent.LogLine line) {
      Deque<String> tail = tails.computeIfAbsent(line.derivation(), d -> new ArrayDeque<>());
      tail.add(line.line());
      if (tail.size() > TAIL_LINES) {
        tail.remove();
      }
    } else if (event instanceof BuildEvent.Finished finished
        && !(finished.result() instanceof DerivationResult.Failed)) {
      tails.remove(finished.derivation());
    }
  }

  /** Says what came of the request, if it is anything but success. */
  Text of(BuildOutcome outcome) {
    List<String> errors = new ArrayList<>();
    List<String> untried = new ArrayList<>();
    for (DerivationResult result : outcome.results().values()) {
      if (result instanceof DerivationResult.Failed failed) {
        error(errors, failed.failure(), failed.derivation());
      } else if (result instanceof DerivationResult.Declined) {
        errors.add("error: " + result.describe());
      } else if (result instanceof DerivationResult.DependencyFailed
          || result instanceof DerivationResult.Cancelled) {
        untried.add(result.describe());
      }
    }
    List<String> whole = new ArrayList<>();
    if (outcome instanceof BuildOutcome.Failed failed && failed.results().isEmpty()) {
      whole.add("error: " + failed.failure());
    } else if (outcome instanceof BuildOutcome.Cancelled cancelled) {
      whole.add("error: the request was not finished: " + cancelled.reason());
    }
    errors.addAll(whole);
    return new Text(errors, untried);
  }

  private void error(List<String> lines, Failure failure, StorePath derivation) {
    Deque<String> tail = tails.getOrDefault(derivation, new ArrayDeque<>());
    if (failure.evidence().isEmpty() && !tail.isEmpty()) {
      lines.add("error: " + failure.message());
      tail.forEach(line -> lines.add("    " + line));
    } else {
      lines.add("error: " + failure);
    }
  }
}
