package io.github.remotebuild.dispatch;

import io.github.remotebuild.policy.Availability;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store key works: it does, or it rests after an outage, or it is on trial after a rest.
 *
 * <p>On trial it gets one attempt at a time. Only a completed build ends the trial: a machine may
 * well accept a connection and lose every build.
 */
final class HostHealth {
  /** Whether a build may hope for it. */
  enum Presence {
    /** It works, as far as is known. */
    THERE,
    /** Its rest is over, and no build has been completed since. */
    ON_TRIAL,
    /** It rests. */
    AWAY
  }

  private static final Availability ON_TRIAL =
      new Availability.HeldByOthers("a first build that tries whether it works again");

  /** The entries that name it. */
  final List<Integer> positions = new ArrayList<>();

  private int outages;
  private @Nullable Instant restUntil;
  private String reason = "";

  /** The one attempt that may find out whether it works again. */
  private @Nullable AttemptId probe;

  private @Nullable AttemptId newest;

  /** The last attempt that had begun when the last outage was noticed. */
  private @Nullable AttemptId newestInOutage;

  Presence presence() {
    if (outages == 0) {
      return Presence.THERE;
    }
    return restUntil == null ? Presence.ON_TRIAL : Presence.AWAY;
  }

  Availability availability() {
    if (restUntil != null) {
      return new Availability.Resting(restUntil, reason);
    }
    return probe == null ? Availability.available() : ON_TRIAL;
  }

  void begun(AttemptId attempt) {
    newest = attempt;
    if (outages > 0 && probe == null) {
      probe = attempt;
    }
  }

  void over(AttemptId attempt) {
    if (attempt.equals(probe)) {
      probe = null;
    }
  }

  void proved() {
    outages = 0;
    restUntil = null;
    probe = null;
  }

  /**
   * Notes a failure.
   *
   * @return until when it rests, if this is not an outage that has been counted
   */
  Optional<Instant> failed(
      AttemptId attempt, String why, Instant now, RestRule rule, RandomGenerator random) {
    if (outages > 0 && newestInOutage != null && attempt.compareTo(newestInOutage) <= 0) {
      return Optional.empty();
    }
    outages++;
    newestInOutage = newest;
    reason = why;
    probe = null;
    Instant until = now.plus(rule.rest(outages, random));
    restUntil = until;
    return Optional.of(until);
  }

  void endRest(Instant now) {
    if (restUntil != null && !now.isBefore(restUntil)) {
      restUntil = null;
    }
  }
}
