package io.github.remotebuild.dispatch;

import io.github.remotebuild.model.StoreKey;
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

  final StoreKey key;

  /** What builds remember it by; no other host ever has the same. */
  final int number;

  /** The entries that name it, also those that are off the list and not yet empty. */
  final List<MachineEntry> entries = new ArrayList<>();

  private int outages;
  private @Nullable Instant restUntil;
  private String reason = "";

  /** Until when it is left alone by order. */
  private @Nullable Instant orderedRestUntil;

  private String orderedReason = "";

  /** The one attempt that may find out whether it works again. */
  private @Nullable AttemptId probe;

  private @Nullable AttemptId newest;

  /** The last attempt that had begun when the last outage was noticed. */
  private @Nullable AttemptId newestInOutage;

  HostHealth(StoreKey key, int number) {
    this.key = key;
    this.number = number;
  }

  Presence presence() {
    if (restUntil != null || orderedRestUntil != null) {
      return Presence.AWAY;
    }
    return outages == 0 ? Presence.THERE : Presence.ON_TRIAL;
  }

  Availability availability() {
    Instant ordered = orderedRestUntil;
    Instant own = restUntil;
    if (ordered != null && (own == null || own.isBefore(ordered))) {
      return new Availability.Resting(ordered, orderedReason);
    }
    if (own != null) {
      return new Availability.Resting(own, reason);
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
    if (orderedRestUntil != null && !now.isBefore(orderedRestUntil)) {
      orderedRestUntil = null;
    }
  }

  void restByOrder(Instant until, String why) {
    orderedRestUntil = until;
    orderedReason = why;
  }

  /**
   * Forgets every failure and every rest.
   *
   * @return whether there was anything to forget
   */
  boolean forgive() {
    boolean isNew = presence() != Presence.THERE;
    orderedRestUntil = null;
    proved();
    return isNew;
  }

  /** Whether nothing would be lost if nobody knew of it any more. */
  boolean isForgettable() {
    return entries.isEmpty() && presence() != Presence.AWAY;
  }
}
