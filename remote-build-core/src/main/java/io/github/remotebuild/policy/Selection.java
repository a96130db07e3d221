package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * One question to a policy: a demand and a snapshot of the farm, and who could take it.
 *
 * <p>A machine can take a demand if it runs the system, has the required features, all its
 * mandatory features are asked for, the request's rules admit it, its max jobs is not 0, it is
 * available, and a slot is free ({@code src/libstore/machines.cc}, Nix 2.8 to 2.34); and if the
 * demand's {@link Demand#locality} does not leave the build to the local machine, or to the others.
 * Immutable.
 *
 * @param policy who is asked; explanations name it
 * @param demand what the build asks of a machine
 * @param snapshot the machines
 * @param alsoAsked features that count as asked for by a machine that insists on them, though the
 *     demand does not require them
 * @since 0.1
 */
public record Selection(
    SelectionPolicy policy, Demand demand, FarmSnapshot snapshot, Features alsoAsked) {
  /** Checks that the parts are there. */
  public Selection {
    requireNonNull(policy, "policy");
    requireNonNull(demand, "demand");
    requireNonNull(snapshot, "snapshot");
    requireNonNull(alsoAsked, "alsoAsked");
  }

  /** The question in which only required features count as asked for, as in Nix. */
  public static Selection of(SelectionPolicy policy, Demand demand, FarmSnapshot snapshot) {
    return new Selection(policy, demand, snapshot, Features.none());
  }

  /** The machines that could take the build now, in the order of the farm; unmodifiable. */
  public List<Candidate> candidates() {
    boolean[] open = openKinds();
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < snapshot.size(); i++) {
      if (isAtLeast(i, open, 0)) {
        candidates.add(new Candidate(i, snapshot.machine(i), load(i)));
      }
    }
    return List.copyOf(candidates);
  }

  /**
   * The machines that could take the build now or later: all but those with a {@linkplain
   * Rejection#isLasting lasting} reason not to. Their places in the farm, counted from 0 and
   * ascending.
   */
  public BitSet hopefuls() {
    boolean[] open = fittingKinds();
    if (!isLocalLikeAnyOther()) {
      snapshot.index().keep(Turn.lasting(this, open), open);
    }
    BitSet positions = new BitSet(snapshot.size());
    for (int i = 0; i < snapshot.size(); i++) {
      if (isAtLeast(i, open, StateChunk.LATER)) {
        positions.set(i);
      }
    }
    return positions;
  }

  /**
   * The decision for {@code candidate}.
   *
   * @throws IllegalArgumentException if it cannot take the build now
   */
  public Decision accept(Candidate candidate) {
    return new Decision.Accept(this, candidate.position());
  }

  /** The decision if nobody takes the build now: postpone if waiting may help, else decline. */
  public Decision acceptNobody() {
    return hopefuls().isEmpty() ? new Decision.Decline(this) : new Decision.Postpone(this);
  }

  /** Whether the machine at {@code position} could take the build now. */
  public boolean canTake(int position) {
    return rejections(position).isEmpty();
  }

  /**
   * Every reason why the machine at {@code position} cannot take the build now, the lasting ones
   * first; empty if it can.
   */
  public List<Rejection> rejections(int position) {
    return rejections(position, turn());
  }

  /** The same for callers that ask for many machines and have asked once whose turn it is. */
  List<Rejection> rejections(int position, Turn turn) {
    Machine machine = snapshot.machine(position);
    MachineState state = snapshot.state(position);
    List<Rejection> reasons = new ArrayList<>();
    if (!machine.runs(demand.system())) {
      reasons.add(new Rejection.WrongSystem(demand.system(), machine.systems()));
    }
    Features missing = demand.requiredFeatures().minus(machine.features());
    if (!missing.isEmpty()) {
      reasons.add(new Rejection.MissingFeatures(missing));
    }
    Features unasked = machine.mandatoryFeatures().minus(asked());
    if (!unasked.isEmpty()) {
      reasons.add(new Rejection.MandatoryFeaturesNotAsked(unasked));
    }
    for (MachineRule rule : demand.rules()) {
      if (!rule.admits(machine)) {
        reasons.add(new Rejection.RefusedByRequest(rule.reason()));
      }
    }
    Optional<Rejection> yields = yields(position, turn);
    yields.filter(Rejection::isLasting).ifPresent(reasons::add);
    if (!machine.isEnabled()) {
      reasons.add(new Rejection.NoSlotsConfigured());
    }
    state
        .availability()
        .<List<Rejection>>match(
            available -> List.of(),
            resting -> List.of(new Rejection.Resting(resting.until(), resting.reason())),
            draining -> List.of(new Rejection.Draining(draining.reason())),
            held -> List.of(new Rejection.HeldByOthers(held.holder())),
            disabled -> List.of(new Rejection.Disabled(disabled.reason())))
        .forEach(reasons::add);
    if (machine.isEnabled() && state.running() >= machine.maxJobs()) {
      reasons.add(new Rejection.NoFreeSlot(state.running(), machine.maxJobs()));
    }
    yields.filter(reason -> !reason.isLasting()).ifPresent(reasons::add);
    return List.copyOf(reasons);
  }

  private Optional<Rejection> yields(int position, Turn turn) {
    return turn.isOf(snapshot.index().isLocal(position))
        ? Optional.empty()
        : Optional.of(new Rejection.Yields(demand.locality(), demand.wishedLocality().isEmpty()));
  }

  private Features asked() {
    return demand.requiredFeatures().plus(alsoAsked);
  }

  /** Whose turn it is now. */
  Turn turn() {
    return isLocalLikeAnyOther() ? Turn.ANYBODYS : Turn.now(this, fittingKinds());
  }

  private boolean[] fittingKinds() {
    return snapshot.index().fittingKinds(demand.system(), demand.requiredFeatures(), asked());
  }

  /** For each kind of machine, whether it fits and it is its turn. */
  boolean[] openKinds() {
    boolean[] kinds = fittingKinds();
    if (!isLocalLikeAnyOther()) {
      snapshot.index().keep(Turn.now(this, kinds), kinds);
    }
    return kinds;
  }

  private boolean isLocalLikeAnyOther() {
    return demand.locality() == Locality.ANY || !snapshot.index().hasLocal();
  }

  /** Whether a machine is of one of the kinds, admitted, and has that load or more. */
  boolean isAtLeast(int position, boolean[] kinds, int leastLoad) {
    return load(position) >= leastLoad
        && kinds[snapshot.index().kind(position)]
        && demand.admits(snapshot.machine(position));
  }

  private int load(int position) {
    return snapshot.chunk(position / StateChunk.SIZE).load(position % StateChunk.SIZE);
  }
}
