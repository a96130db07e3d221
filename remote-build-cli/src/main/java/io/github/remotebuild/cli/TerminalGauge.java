package io.github.remotebuild.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * How large a terminal is. Measures it only when it may have changed, as that takes a process. Not
 * safe for use by several threads.
 */
final class TerminalGauge implements Supplier<TerminalSize> {
  /** How long a size is believed in if nobody tells of changes. */
  private static final Duration AGE = Duration.ofMillis(500);

  private final Supplier<TerminalSize> measuring;
  private final Optional<BooleanSupplier> resizes;
  private final Clock clock;
  private Optional<TerminalSize> last = Optional.empty();
  private Instant measured = Instant.EPOCH;

  /**
   * Has measured nothing yet.
   *
   * @param resizes says whether the size has changed since it was asked last; empty if nobody knows
   */
  TerminalGauge(Supplier<TerminalSize> measuring, Optional<BooleanSupplier> resizes, Clock clock) {
    this.measuring = measuring;
    this.resizes = resizes;
    this.clock = clock;
  }

  @Override
  public TerminalSize get() {
    boolean isChanged =
        resizes
            .map(BooleanSupplier::getAsBoolean)
            .orElseGet(() -> !clock.instant().isBefore(measured.plus(AGE)));
    if (last.isPresent() && !isChanged) {
      return last.get();
    }
    TerminalSize size = measuring.get();
    last = Optional.of(size);
    measured = clock.instant();
    return size;
  }
}
