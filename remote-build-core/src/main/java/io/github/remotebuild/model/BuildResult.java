package io.github.remotebuild.model;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.internal.text.AnsiEscapes;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a store says after it was asked to build a derivation.
 *
 * <p>Immutable. A failed build is a result like any other, not an exception.
 *
 * @param status how it ended
 * @param statusNumber the number that was sent for the status; tells more than {@code status} only
 *     when that is {@link BuildStatus#UNKNOWN}
 * @param errorMessage the message exactly as it came, with terminal colours; empty on success
 * @param timesBuilt how often the builder ran, as far as the store counts: 0 from Nix 2.34 even
 *     after a build, so this is no sign of success
 * @param isNonDeterministic whether the store saw the build give different results
 * @param startTime when the build began, by the machine's clock, if the store says
 * @param stopTime when the build ended, by the machine's clock, if the store says
 * @param builtOutputs the outputs by name, if the store says: from Nix 2.4 on, after success
 * @since 0.1
 */
public record BuildResult(
    BuildStatus status,
    long statusNumber,
    String errorMessage,
    long timesBuilt,
    boolean isNonDeterministic,
    Optional<Instant> startTime,
    Optional<Instant> stopTime,
    SortedMap<String, Realisation> builtOutputs) {
  /** Copies the map. */
  public BuildResult {
    requireNonNull(status, "status");
    requireNonNull(errorMessage, "errorMessage");
    requireNonNull(startTime, "startTime");
    requireNonNull(stopTime, "stopTime");
    builtOutputs = Collections.unmodifiableSortedMap(new TreeMap<>(builtOutputs));
  }

  /** The error message without terminal escapes, for display and for matching. */
  public String plainErrorMessage() {
    return AnsiEscapes.strip(errorMessage);
  }

  /** Whether all outputs are there. */
  public boolean isSuccess() {
    return status.isSuccess();
  }
}
