package io.github.remotebuild.policy;

import static java.util.Objects.requireNonNull;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import java.util.ArrayList;
import java.util.List;

/**
 * One question to a policy: a demand and a snapshot of the farm, and who could take it.
 *
 * <p>A machine can take a demand if it runs the system, has the required features, all its
 * mandatory features are asked for, the request's rules admit it, its max jobs is not 0, it is
 * available, and a slot is free ({@code src/libstore/machines.cc}, Nix 2.8 to 2.34). Immutable.
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
    boolean[] fitting = fittingKinds();
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < snapshot.size(); i++) {
      int load = snapshot.chunk(i / StateChunk.SIZE).load(i % StateChunk.SIZE);
      if (load >= 0 && fitting[snapshot.index().kind(i)] && demand.admits(snapshot.machine(i))) {
        candidates.add(new Candidate(i, snapshot.machine(i), load));
      }
    }
    return List.copyOf(candidates);
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
    boolean[] fitting = fittingKinds();
    for (int i = 0; i < snapshot.size(); i++) {
      int load = snapshot.chunk(i / StateChunk.SIZE).load(i % StateChunk.SIZE);
      if (load != StateChunk.NEVER
          && fitting[snapshot.index().kind(i)]
          && demand.admits(snapshot.machine(i))) {
        return new Decision.Postpone(this);
      }
    }
    return new Decision.Decline(this);
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
    return List.copyOf(reasons);
  }

  private Features asked() {
    return demand.requiredFeatures().plus(alsoAsked);
  }

  boolean[] fittingKinds() {
    return snapshot.index().fittingKinds(demand.system(), demand.requiredFeatures(), asked());
  }
}
