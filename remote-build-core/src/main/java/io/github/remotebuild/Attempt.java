package io.github.remotebuild;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One try of one build on one machine. Immutable.
 *
 * @param number 1 for the first
 * @param machine the machine's name
 * @param started when it began
 * @param took how long it lasted
 * @param failure why it came to nothing, if it did
 * @since 0.1
 */
public record Attempt(
    int number, String machine, Instant started, Duration took, Optional<Failure> failure) {
  /** Checks the number and refuses null. */
  public Attempt {
    if (number < 1) {
      throw new IllegalArgumentException("Attempts are counted from 1: " + number);
    }
    requireNonNull(machine, "machine");
    requireNonNull(started, "started");
    requireNonNull(took, "took");
    requireNonNull(failure, "failure");
  }
}
