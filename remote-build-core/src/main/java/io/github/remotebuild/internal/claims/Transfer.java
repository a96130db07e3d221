package io.github.remotebuild.internal.claims;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.StoreKey;
import io.github.remotebuild.model.StorePath;
import java.util.Optional;

/**
 * Names a transfer: what one attempt sends to a machine, or fetches from it. Immutable.
 *
 * @param number unique within one {@link TransferClaims}
 * @param direction which way the paths go
 * @param store the machine's store
 * @param derivation the build that it is for
 */
public record Transfer(long number, Direction direction, StoreKey store, StorePath derivation) {
  /** Which way paths go. */
  public enum Direction {
    /** Inputs, to the machine. */
    TO_MACHINE,
    /** Outputs, to the hub. */
    TO_HUB
  }

  /** Refuses null. */
  public Transfer {
    requireNonNull(direction, "direction");
    requireNonNull(store, "store");
    requireNonNull(derivation, "derivation");
  }

  /** The store that the paths go to; empty for the hub. */
  Optional<StoreKey> destination() {
    return direction == Direction.TO_MACHINE ? Optional.of(store) : Optional.empty();
  }

  @Override
  public String toString() {
    return "transfer " + number + " " + direction + " of " + store;
  }
}
