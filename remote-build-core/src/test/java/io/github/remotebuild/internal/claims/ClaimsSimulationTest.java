package io.github.remotebuild.internal.claims;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Many simulated worlds; {@code -Dremotebuild.seeds=100000} for more of them, and {@code
 * -Dremotebuild.firstSeed=17 -Dremotebuild.seeds=1} for a certain one.
 */
class ClaimsSimulationTest {
  private static final int SEEDS = Integer.getInteger("remotebuild.seeds", 2_000);
  private static final long FIRST_SEED = Long.getLong("remotebuild.firstSeed", 1);

  @Test
  void what_must_always_hold_of_transfers_holds_after_every_event() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      assertThat(ClaimsSimulation.run(seed)).isNotEmpty();
    }
  }

  @Test
  void the_same_seed_gives_the_same_trace() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 10) {
      assertThat(ClaimsSimulation.run(seed)).isEqualTo(ClaimsSimulation.run(seed));
    }
  }
}
