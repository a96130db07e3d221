package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who has used how much of the farm, and who is next.
 *
 * <p>Each caller has a virtual time: the slot-time it has used, divided by its share. The one that
 * is furthest behind is next. Nobody falls behind by having nothing to do, nor by having nothing
 * for the machines that were free: such a caller is lifted to the level of those who compete. So
 * nothing is saved up, and shares are even among those who want the same machines.
 */
final class Callers {
  /** How many callers without work are remembered at most; the least in debt are forgotten. */
  static final int REMEMBERED = 10_000;

  /** How many of its turns a caller may be passed over, if that is longer than the ageing. */
  static final int TURNS = 4;

  /** How long an attempt is thought to take when none has ended yet. */
  static final Duration FIRST_GUESS = Duration.ofMinutes(1);

  private final ShareRule rule;
  private final long ageing;
  private final Map<String, CallerAccount> accounts = new LinkedHashMap<>();

  /** Those that have builds that wait or run. */
  private final List<CallerAccount> busy = new ArrayList<>();

  /** Those without work that are ahead of the others still, the least ahead first. */
  private final TreeSet<CallerAccount> indebted =
      new TreeSet<>(
          Comparator.<CallerAccount>comparingDouble(account -> account.standsAt)
              .thenComparing(account -> account.caller));

  private @Nullable Instant start;
  private long now;

  /** The virtual time of the one furthest behind when the last slot was given. */
  private double virtualTime;

  private long sharesWaiting;
  private int running;
  private long charges;
  private double meanLength = -1;

  /** The least virtual time of those that could be given something, as of the last look. */
  private double leastPlaceable;

  /** Those that could not be given anything then. */
  private final List<CallerAccount> passedOver = new ArrayList<>();

  Callers(ShareRule rule) {
    this.rule = requireNonNull(rule, "rule");
    this.ageing = micros(rule.ageing());
  }

  /** The waiting that a level of priority counts as, in microseconds. */
  long ageing() {
    return ageing;
  }

  /** Lets time pass. */
  void advance(Instant time) {
    if (start == null) {
      start = time;
    }
    now = micros(Duration.between(start, time));
  }

  /** The time of which this knows, in microseconds since it first knew one. */
  long now() {
    return now;
  }

  CallerAccount account(String caller) {
    return accounts.computeIfAbsent(caller, name -> new CallerAccount(name, rule.share(name)));
  }

  /** One more of the caller's builds waits. */
  void waits(CallerAccount account) {
    if (account.isIdle()) {
      indebted.remove(account);
      account.lift(floor(), now);
      busy.add(account);
    }
    if (account.waiting == 0) {
      sharesWaiting += account.share;
    }
    account.waiting++;
  }

  /** Where one begins who had nothing to do: level with those who have. */
  private double floor() {
    double least = Double.POSITIVE_INFINITY;
    for (CallerAccount account : busy) {
      if (account.waiting > 0 || sharesWaiting == 0) {
        least = Math.min(least, account.settled(now));
      }
    }
    return busy.isEmpty() ? virtualTime : least;
  }

  /** One of the caller's builds no longer waits. */
  void waitsNoLonger(CallerAccount account) {
    account.waiting--;
    if (account.waiting == 0) {
      sharesWaiting -= account.share;
      forgetIfIdle(account);
    }
  }

  /** The attempt asks for a slot; that counts as one. */
  SlotCharge ask(CallerAccount account) {
    SlotCharge charge = new SlotCharge(account, Math.round(expected(account)), ++charges);
    account.ask(charge);
    running++;
    return charge;
  }

  /** The attempt has its slot and begins. */
  void begin(SlotCharge charge) {
    charge.account.begin(charge, now);
  }

  /** The attempt has given its slot back, or will not have one. */
  void over(SlotCharge charge) {
    if (charge.isBegun()) {
      meanLength = CallerAccount.mean(meanLength, charge.account.end(charge, now));
    } else {
      charge.account.cancel(charge);
    }
    running--;
    forgetIfIdle(charge.account);
  }

  /** Whose turn it is, and with which builds; null if nothing can be given to a machine. */
  @Nullable WaitingLine next(Predicate<WaitingGroup> isPlaceable) {
    passedOver.clear();
    leastPlaceable = Double.POSITIVE_INFINITY;
    WaitingLine next = null;
    WaitingLine nextOverdue = null;
    double least = Double.POSITIVE_INFINITY;
    double level = level();
    long longestSince = Long.MAX_VALUE;
    for (CallerAccount account : busy) {
      WaitingLine line = account.first(isPlaceable);
      account.standsAt = account.virtualTime(now);
      if (line == null) {
        passedOver.add(account);
        continue;
      }
      leastPlaceable = Math.min(leastPlaceable, account.standsAt);
      double rank = account.standsAt - line.first().standing().priority() * level;
      if (next == null
          || rank < least
          || (rank == least && line.first().compareTo(next.first()) < 0)) {
        next = line;
        least = rank;
      }
      long since = account.overdueSince(now - mostPassedOver(account), isPlaceable);
      if (since < longestSince) {
        longestSince = since;
        nextOverdue = line;
      }
    }
    return nextOverdue == null ? next : nextOverdue;
  }

  /** The line found last is given a slot on the machine at the position. */
  void taken(WaitingLine line, int position) {
    virtualTime = Math.max(virtualTime, leastPlaceable);
    for (CallerAccount account : passedOver) {
      if (account.standsAt < leastPlaceable) {
        account.lift(leastPlaceable, now);
      }
    }
    line.account.served(line, position, now);
    while (!indebted.isEmpty() && indebted.first().standsAt <= virtualTime) {
      accounts.remove(requireNonNull(indebted.pollFirst()).caller);
    }
  }

  /** What each caller has, who has work or is remembered for other reasons. */
  List<CallerFigures> figures() {
    return accounts.values().stream().map(account -> account.figures(now)).toList();
  }

  /** How long an attempt of the caller is thought to need its slot. */
  private double expected(CallerAccount account) {
    return account.expected(meanLength < 0 ? micros(FIRST_GUESS) : meanLength);
  }

  /** An advance of one level: what a share of 1 comes to in one ageing. */
  private double level() {
    return ageing * (running + 1.0) / sharesWaiting;
  }

  /** How long a caller may have had no slot on a machine that fits. */
  private long mostPassedOver(CallerAccount account) {
    double turn = expected(account) * sharesWaiting / (account.share * (running + 1.0));
    return Math.max(ageing, (long) (TURNS * turn));
  }

  private void forgetIfIdle(CallerAccount account) {
    if (account.isIdle()) {
      busy.remove(account);
      account.standsAt = account.virtualTime(now);
      if (account.standsAt > virtualTime) {
        indebted.add(account);
      } else {
        accounts.remove(account.caller);
      }
    }
    // While nothing waits, nobody owes anybody anything.
    while (!indebted.isEmpty() && (sharesWaiting == 0 || indebted.size() > REMEMBERED)) {
      accounts.remove(requireNonNull(indebted.pollFirst()).caller);
    }
  }

  private static long micros(Duration duration) {
    return duration.getSeconds() * 1_000_000 + duration.getNano() / 1_000;
  }
}
