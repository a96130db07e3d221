package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.function.Function;

/**
 * Whether a machine may be given builds, as far as is known, apart from its slots. Immutable.
 *
 * @since 0.1
 */
public sealed interface Availability {
  /** The machine may be given builds. */
  static Availability available() {
    return Available.INSTANCE;
  }

  /** Calls the function for the case that this is. */
  <R> R match(
      Function<Available, R> onAvailable,
      Function<Resting, R> onResting,
      Function<Draining, R> onDraining,
      Function<HeldByOthers, R> onHeldByOthers,
      Function<Disabled, R> onDisabled);

  /** It may be given builds. */
  record Available() implements Availability {
    private static final Available INSTANCE = new Available();

    @Override
    public <R> R match(
        Function<Available, R> onAvailable,
        Function<Resting, R> onResting,
        Function<Draining, R> onDraining,
        Function<HeldByOthers, R> onHeldByOthers,
        Function<Disabled, R> onDisabled) {
      return onAvailable.apply(this);
    }
  }

  /**
   * It is left alone for a while, because it failed.
   *
   * @param until when it is tried again
   * @param reason what it did, such as {@code 3 connections failed}
   */
  record Resting(Instant until, String reason) implements Availability {
    /** Checks that both are there. */
    public Resting {
      requireNonNull(until, "until");
      requireNonNull(reason, "reason");
    }

    @Override
    public <R> R match(
        Function<Available, R> onAvailable,
        Function<Resting, R> onResting,
        Function<Draining, R> onDraining,
        Function<HeldByOthers, R> onHeldByOthers,
        Function<Disabled, R> onDisabled) {
      return onResting.apply(this);
    }
  }

  /**
   * It ends what it has and takes nothing new until further notice.
   *
   * @param reason why
   */
  record Draining(String reason) implements Availability {
    /** Checks that the reason is there. */
    public Draining {
      requireNonNull(reason, "reason");
    }

    @Override
    public <R> R match(
        Function<Available, R> onAvailable,
        Function<Resting, R> onResting,
        Function<Draining, R> onDraining,
        Function<HeldByOthers, R> onHeldByOthers,
        Function<Disabled, R> onDisabled) {
      return onDraining.apply(this);
    }
  }

  /**
   * A slot was asked for and refused, because others hold the rest of them.
   *
   * @param holder who, as far as is known, such as {@code another coordinator}
   */
  record HeldByOthers(String holder) implements Availability {
    /** Checks that the holder is there. */
    public HeldByOthers {
      requireNonNull(holder, "holder");
    }

    @Override
    public <R> R match(
        Function<Available, R> onAvailable,
        Function<Resting, R> onResting,
        Function<Draining, R> onDraining,
        Function<HeldByOthers, R> onHeldByOthers,
        Function<Disabled, R> onDisabled) {
      return onHeldByOthers.apply(this);
    }
  }

  /**
   * Somebody switched it off; it does not come back by itself.
   *
   * @param reason why
   */
  record Disabled(String reason) implements Availability {
    /** Checks that the reason is there. */
    public Disabled {
      requireNonNull(reason, "reason");
    }

    @Override
    public <R> R match(
        Function<Available, R> onAvailable,
        Function<Resting, R> onResting,
        Function<Draining, R> onDraining,
        Function<HeldByOthers, R> onHeldByOthers,
        Function<Disabled, R> onDisabled) {
      return onDisabled.apply(this);
    }
  }
}
