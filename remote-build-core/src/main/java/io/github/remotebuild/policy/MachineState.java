package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What is known about one machine at one moment. Immutable.
 *
 * @param running how many of its slots are taken, by us or by others: its load
 * @param availability whether it may be given builds, apart from its slots
 * @since 0.1
 */
public record MachineState(int running, Availability availability) {
  private static final MachineState IDLE = new MachineState(0, Availability.available());

  /** Checks that the load is not negative. */
  public MachineState {
    requireNonNull(availability, "availability");
    if (running < 0) {
      throw new IllegalArgumentException("running must not be negative: " + running);
    }
  }

  /** Available, and nothing runs there. */
  public static MachineState idle() {
    return IDLE;
  }

  /** Available, and {@code count} builds run there. */
  public static MachineState running(int count) {
    return count == 0 ? IDLE : new MachineState(count, Availability.available());
  }

  /** The same availability with another load. */
  public MachineState withRunning(int count) {
    return new MachineState(count, availability);
  }

  /** The same load with another availability. */
  public MachineState with(Availability newAvailability) {
    return new MachineState(running, newAvailability);
  }

  /** The same load, resting until {@code until} because of {@code reason}. */
  public MachineState restingUntil(Instant until, String reason) {
    return with(new Availability.Resting(until, reason));
  }

  /** The same load, draining because of {@code reason}. */
  public MachineState draining(String reason) {
    return with(new Availability.Draining(reason));
  }

  /** The same load, the other slots being held by {@code holder}. */
  public MachineState heldBy(String holder) {
    return with(new Availability.HeldByOthers(holder));
  }

  /** The same load, switched off because of {@code reason}. */
  public MachineState disabled(String reason) {
    return with(new Availability.Disabled(reason));
  }
}
