package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TerminalGaugeTest {
  private int measured;
  private long millis;

  private TerminalSize measure() {
    measured++;
    return new TerminalSize(measured, 24);
  }

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return Instant.parse("2026-01-01T00:00:00Z").plusMillis(millis);
        }
      };

  @Test
  void it_measures_once_and_again_when_it_hears_of_a_change() {
    AtomicBoolean isResized = new AtomicBoolean();
    TerminalGauge gauge =
        new TerminalGauge(this::measure, Optional.of(() -> isResized.getAndSet(false)), clock);

    assertThat(gauge.get().columns()).isEqualTo(1);
    millis += 1_000_000;
    assertThat(gauge.get().columns()).isEqualTo(1);

    isResized.set(true);

    assertThat(gauge.get().columns()).isEqualTo(2);
    assertThat(gauge.get().columns()).isEqualTo(2);
  }

  @Test
  void it_measures_twice_a_second_where_it_hears_of_no_change() {
    TerminalGauge gauge = new TerminalGauge(this::measure, Optional.empty(), clock);

    assertThat(gauge.get().columns()).isEqualTo(1);
    millis += 499;
    assertThat(gauge.get().columns()).isEqualTo(1);
    millis += 1;
    assertThat(gauge.get().columns()).isEqualTo(2);
  }
}
