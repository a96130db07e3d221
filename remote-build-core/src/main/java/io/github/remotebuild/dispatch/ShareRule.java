package io.github.remotebuild.dispatch;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the farm is shared between callers who all have work. Immutable.
 *
 * <p>A slot goes to the caller who has used the least for its share: slot-time, counted from the
 * grant of a slot until it is given back, whatever came of the build. What was not used while there
 * was nothing to do is not saved up, and what was used while nobody else wanted it is not held
 * against anyone.
 *
 * <p>Within one caller the build that waits longest is first; a level of priority counts as one
 * {@code ageing} of waiting, and each build that waits for it counts as a sixtieth of that, up to
 * 59 of them. Between callers a level of priority is an advance: what the caller's share comes to
 * in one {@code ageing}, used now and paid back later.
 *
 * <p>A caller who has had no slot for that long on any machine that fits some of its builds, though
 * four times its turn has passed, is next on such a machine, whatever its share.
 *
 * @param shares the share of each caller named here; the others have 1
 * @param ageing what a level of priority is worth
 * @since 0.1
 */
public record ShareRule(Map<String, Integer> shares, Duration ageing) {
  /** The largest share there is. */
  public static final int LARGEST_SHARE = 1_000_000;

  private static final Duration LONGEST_AGEING = Duration.ofDays(365);

  /** Checks the numbers and copies the map. */
  public ShareRule {
    shares.forEach(
        (caller, share) -> {
          if (share < 1 || share > LARGEST_SHARE) {
            throw new IllegalArgumentException(
                "the share of " + caller + " must be from 1 to " + LARGEST_SHARE + ": " + share);
          }
        });
    shares = Map.copyOf(shares);
    if (ageing.compareTo(Duration.ofMillis(1)) < 0 || ageing.compareTo(LONGEST_AGEING) > 0) {
      throw new IllegalArgumentException("ageing must be from 1 ms to 365 days: " + ageing);
    }
  }

  /** The same share for every caller, and an hour for a level of priority. */
  public static ShareRule equal() {
    return new ShareRule(Map.of(), Duration.ofHours(1));
  }

  /**
   * Gives a caller another share, such as 3 to let it use three times as much as one with 1.
   *
   * @throws IllegalArgumentException if it is not from 1 to {@value #LARGEST_SHARE}
   */
  public ShareRule giving(String caller, int share) {
    Map<String, Integer> changed = new TreeMap<>(shares);
    changed.put(caller, share);
    return new ShareRule(changed, ageing);
  }

  /**
   * Makes a level of priority worth this much.
   *
   * @throws IllegalArgumentException if it is not from 1 ms to 365 days
   */
  public ShareRule withAgeing(Duration changed) {
    return new ShareRule(shares, changed);
  }

  /** The share of a caller. */
  public int share(String caller) {
    return shares.getOrDefault(caller, 1);
  }
}
