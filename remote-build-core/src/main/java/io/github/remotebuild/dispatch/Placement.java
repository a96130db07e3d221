package io.github.remotebuild.dispatch;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.dispatch.HostHealth.Presence;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.policy.Decision;
import io.github.remotebuild.policy.FarmSnapshot;
import io.github.remotebuild.policy.Selection;
import io.github.remotebuild.policy.SelectionPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives the builds that are ready to machines, and decides how long the others wait.
 *
 * <p>A group that waits is decided anew only when something has happened that could help it: a
 * build came to it, a machine that fits it can take a build and could not before, or the policy
 * held back and the farm is no longer the same. So the cost of an event grows with the machines and
 * with the groups whose turn comes before, not with the builds that wait.
 */
final class Placement {
  /** Gives a build to the machine at a position. */
  interface Starter {
    void start(Build build, int position);
  }

  private final SelectionPolicy policy;
  private final MachineBook machines;
  private final ReadyBuilds ready;
  private final Callers callers;
  private final Requests requests;
  private final List<Effect> effects;
  private final Starter starter;

  /** Groups of which no machine is known to work. */
  private final Set<WaitingGroup> absent = new LinkedHashSet<>();

  /** Groups for which a machine is free, and the policy waits all the same. */
  private final Set<WaitingGroup> heldBack = new LinkedHashSet<>();

  /** Groups that were decided to wait in this pass. */
  private final Set<WaitingGroup> closed = new HashSet<>();

  /** Groups decided since the end of the last event. */
  private final Set<WaitingGroup> decided = new LinkedHashSet<>();

  private long presenceSeen;
  private Instant now = Instant.EPOCH;

  Placement(
      SelectionPolicy policy,
      MachineBook machines,
      ReadyBuilds ready,
      Callers callers,
      Requests requests,
      List<Effect> effects,
      Starter starter) {
    this.policy = policy;
    this.machines = machines;
    this.ready = ready;
    this.callers = callers;
    this.requests = requests;
    this.effects = effects;
    this.starter = starter;
  }

  /**
   * Places builds, in the callers' turns, until nothing more fits.
   *
   * @return when the patience of a build that waits is over, if none of its machines returns
   */
  Optional<Instant> place(Instant time) {
    now = time;
    do {
      reopenHeldBack();
      decideOpen();
    } while (settleAbsent() || isHeldBackOutdated());
    machines.forgetFreed();
    reportWaiting();
    return nextDeadline();
  }

  /** The machines are others, or may be used otherwise: whatever waits is decided anew. */
  void farmChanged() {
    heldBack.clear();
    for (WaitingGroup group : ready.groups()) {
      group.fitting = null;
      ready.open(group);
    }
  }

  private void decideOpen() {
    closed.clear();
    while (ready.isAnyOpen() || machines.isAnyFreed()) {
      WaitingLine line = callers.next(this::isToBeDecided);
      if (line == null) {
        break;
      }
      decide(line);
    }
  }

  private boolean isToBeDecided(WaitingGroup group) {
    return ready.isOpen(group) || (!closed.contains(group) && machines.isAnyFreed(fitting(group)));
  }

  private void decide(WaitingLine line) {
    WaitingGroup group = line.group;
    Demand demand = machines.avoiding(group.key.triedHosts(), group.key.demand());
    Decision decision;
    boolean isHopeless;
    try {
      decision = requireNonNull(policy.decide(demand, machines.snapshot()), "decision");
      checkOrLearn(group, demand, decision);
      isHopeless = decision instanceof Decision.Decline && isHopeless(group, demand, decision);
    } catch (RuntimeException e) {
      endAll(group, new BuildEnd.Failed(brokenPolicy(e)));
      return;
    }
    if (decision instanceof Decision.Accept accept) {
      callers.taken(line, accept.position());
      starter.start(line.first(), accept.position());
      return;
    }
    if (isHopeless) {
      endAll(group, new BuildEnd.Declined(decision));
      return;
    }
    ready.close(group);
    closed.add(group);
    group.decision = decision;
    decided.add(group);
    if (machines.isAnyFree(fitting(group))) {
      group.heldBackAtChange = machines.stateChanges();
      heldBack.add(group);
    } else {
      heldBack.remove(group);
    }
  }

  /** Refuses a machine that cannot take the build; of a wait, notes which machines fit. */
  private void checkOrLearn(WaitingGroup group, Demand demand, Decision decision) {
    if (decision instanceof Decision.Accept accept) {
      if (!selection(demand, accept, machines.snapshot()).canTake(accept.position())) {
        throw new IllegalStateException("it chose a machine that cannot take the build");
      }
    } else if (group.fitting == null) {
      // Whoever is switched off counts only if nobody else could take it: the others of its side of
      // the farm, or those of the other, are not to wait for him.
      BitSet fitting = selection(demand, decision, machines.snapshot()).hopefuls();
      group.fitting =
          fitting.isEmpty() ? selection(demand, decision, machines.idle()).hopefuls() : fitting;
    }
  }

  /**
   * Whether a group that was declined need not wait: the policy will not have it, or no machine
   * that there ever was could take it, so that none is merely missing.
   */
  private boolean isHopeless(WaitingGroup group, Demand demand, Decision decision) {
    if (!group.key.triedHosts().isEmpty()) {
      return false;
    }
    Selection asked = selection(demand, decision, machines.snapshot());
    return asked.acceptNobody() instanceof Decision.Postpone
        || (fitting(group).isEmpty()
            && selection(demand, decision, machines.past()).candidates().isEmpty());
  }

  private Selection selection(Demand demand, Decision decision, FarmSnapshot snapshot) {
    return new Selection(policy, demand, snapshot, decision.selection().alsoAsked());
  }

  private void endAll(WaitingGroup group, BuildEnd end) {
    while (!group.isEmpty()) {
      requests.end(group.longestWaiting(), end, now);
    }
  }

  private void reopenHeldBack() {
    heldBack.removeIf(WaitingGroup::isEmpty);
    for (WaitingGroup group : heldBack) {
      if (group.heldBackAtChange != machines.stateChanges()) {
        ready.open(group);
      }
    }
  }

  private boolean isHeldBackOutdated() {
    return heldBack.stream()
        .anyMatch(group -> !group.isEmpty() && group.heldBackAtChange != machines.stateChanges());
  }

  /**
   * Finds out for which groups no machine is there, and ends or moves builds that need not wait.
   *
   * @return whether there are builds to be decided
   */
  private boolean settleAbsent() {
    List<WaitingGroup> groups;
    if (presenceSeen == machines.presenceChanges()) {
      Set<WaitingGroup> some = new LinkedHashSet<>(absent);
      some.addAll(decided);
      groups = new ArrayList<>(some);
    } else {
      presenceSeen = machines.presenceChanges();
      groups = ready.groups();
    }
    for (WaitingGroup group : groups) {
      if (group.isEmpty()) {
        continue;
      }
      Presence presence = presence(group);
      if (presence == Presence.THERE) {
        group.absentSince = null;
        absent.remove(group);
        continue;
      }
      if (group.absentSince == null) {
        group.absentSince = now;
      }
      absent.add(group);
      // While one is on trial the wait goes on: it may be there after all.
      if (presence == Presence.AWAY) {
        giveUp(group);
      }
    }
    absent.removeIf(WaitingGroup::isEmpty);
    return ready.isAnyOpen();
  }

  /**
   * No machine that could take the group is there: its callers' patience decides. After that, those
   * who wanted the local machine first, or the others first, take whatever is there.
   */
  private void giveUp(WaitingGroup group) {
    @Nullable String why = null;
    boolean mayGoElsewhere = !now.isBefore(group.deadline()) && isSomebodyElseThere(group);
    while (!group.isEmpty() && !now.isBefore(group.deadline())) {
      Build build = group.longestWaiting();
      if (mayGoElsewhere) {
        build.isWaitReported = false;
        ready.regroup(build, () -> build.demand = anywhere(build.demand), now);
      } else {
        why = why == null ? explain(group) : why;
        requests.end(build, new BuildEnd.Failed(noMachine(build, why)), now);
      }
    }
    if (!group.key.triedHosts().isEmpty()) {
      // None is left that was not tried: those that were get another chance when they return.
      while (!group.isEmpty()) {
        Build build = group.longestWaiting();
        ready.regroup(build, build.triedHosts::clear, now);
      }
    }
  }

  /** Whether a machine is there that leaves the group to those that are not. */
  private boolean isSomebodyElseThere(WaitingGroup group) {
    Demand anywhere = anywhere(group.key.demand());
    Decision decision = group.decision;
    if (anywhere.equals(group.key.demand()) || decision == null) {
      return false;
    }
    Demand untried = machines.avoiding(group.key.triedHosts(), anywhere);
    BitSet all = selection(untried, decision, machines.idle()).hopefuls();
    return machines.presence(all) != Presence.AWAY;
  }

  /** The demand of a build that has lost patience with the side of the farm that it wants first. */
  private static Demand anywhere(Demand demand) {
    Locality locality = demand.locality();
    return locality == Locality.LOCAL_FIRST || locality == Locality.REMOTE_FIRST
        ? demand.placing(Locality.ANY)
        : demand;
  }

  private void reportWaiting() {
    for (WaitingGroup group : decided) {
      Build build = group.nextUnreported();
      while (build != null) {
        build.isWaitReported = true;
        effects.add(new Effect.ReportWaiting(build.id, requireNonNull(group.decision)));
        build = group.nextUnreported();
      }
    }
    decided.clear();
  }

  private Presence presence(WaitingGroup group) {
    // Declined, because all that could ever take it were tried.
    return group.decision instanceof Decision.Decline
        ? Presence.AWAY
        : machines.presence(fitting(group));
  }

  private static BitSet fitting(WaitingGroup group) {
    return requireNonNull(group.fitting, "a group that waits was decided");
  }

  private Optional<Instant> nextDeadline() {
    return absent.stream()
        .filter(group -> presence(group) == Presence.AWAY)
        .map(WaitingGroup::deadline)
        .min(Instant::compareTo);
  }

  private String explain(WaitingGroup group) {
    try {
      Demand demand = machines.avoiding(group.key.triedHosts(), anywhere(group.key.demand()));
      return policy.decide(demand, machines.snapshot()).explain();
    } catch (RuntimeException e) {
      return "the policy " + policy.name() + " cannot say why: " + e;
    }
  }

  private static Failure noMachine(Build build, String why) {
    Failure last = build.lastFailure;
    if (last != null && last.cause() != FailureCause.LEASE_LOST) {
      return last;
    }
    return new Failure(
        Phase.WAIT,
        FailureCause.NO_MACHINE,
        Culprit.MACHINE,
        RetryAdvice.SAME_MACHINE,
        Optional.empty(),
        "Could not find a machine in time: " + why,
        List.of());
  }

  private Failure brokenPolicy(RuntimeException cause) {
    return new Failure(
        Phase.WAIT,
        FailureCause.DEFECT,
        Culprit.REQUEST,
        RetryAdvice.NEVER,
        Optional.empty(),
        "Could not choose a machine: the policy "
            + policy.name()
            + " or a rule of the request failed: "
            + cause,
        List.of());
  }
}
