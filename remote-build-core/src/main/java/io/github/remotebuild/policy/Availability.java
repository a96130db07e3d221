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
  default <R> R match(
      Function<Available, R> onAvailable,
      Function<Resting, R> onResting,
      Function<Draining, R> onDraining,
      Function<HeldByOthers, R> onHeldByOthers,
      Function<Disabled, R> onDisabled) {
    if (this instanceof Available available) {
      return onAvailable.apply(available);
    }
    if (this instanceof Resting resting) {
      return onResting.apply(resting);
    }
    if (this instanceof Draining draining) {
      return onDraining.apply(draining);
    }
    if (this instanceof HeldByOthers heldByOthers) {
      return onHeldByOthers.apply(heldByOthers);
    }
    return onDisabled.apply((Disabled) this);
  }

  /** It may be given builds. */
  record Available() implements Availability {
    private static final Available INSTANCE = new Available();
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
  }
}
