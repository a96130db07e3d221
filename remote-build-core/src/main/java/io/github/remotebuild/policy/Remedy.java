package io.github.remotebuild.policy;

import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Machine;
import java.util.List;

/**
 * What lifts a rejection, how much of a change that is, and how to say it.
 *
 * <p>One cost is more than all smaller ones of one machine together, so that the order in {@link
 * FarmChange} holds whatever comes together; the request is changed once, however many of its rules
 * refuse or make it yield.
 */
final class Remedy {
  private static final long FREE_SLOT = 1;
  private static final long SLOT_OF_OTHERS = 2;
  private static final long END_REST = 4;
  private static final long END_DRAIN = 8;
  private static final long CHANGE_REQUEST = 16;
  private static final long SWITCH_ON = 64;
  private static final long CHANGE_FEATURE = 256;

  private Remedy() {}

  /** The smallest change after which {@code decision} could be to accept. */
  static FarmChange smallest(Decision decision) {
    Selection selection = decision.selection();
    Turn turn = selection.turn();
    int best = -1;
    long bestCost = Long.MAX_VALUE;
    for (int i = 0; i < selection.snapshot().size(); i++) {
      long cost = cost(selection.rejections(i, turn));
      if (cost < bestCost) {
        best = i;
        bestCost = cost;
      }
    }
    if (best < 0) {
      return new FarmChange.AddMachine(
          selection.demand().system(), selection.demand().requiredFeatures());
    }
    return new FarmChange.LiftRejections(
        best, Labels.of(selection.snapshot().farm()).get(best), selection.rejections(best, turn));
  }

  /** How large a change lifts all of {@code rejections}; {@link Long#MAX_VALUE} if none does. */
  static long cost(List<Rejection> rejections) {
    long sum = 0;
    boolean isRequestChanged = false;
    for (Rejection rejection : rejections) {
      long cost = rejection.match(new Cost());
      if (cost == Long.MAX_VALUE) {
        return cost;
      }
      if (rejection instanceof Rejection.RefusedByRequest
          || rejection instanceof Rejection.Yields) {
        cost = isRequestChanged ? 0 : cost;
        isRequestChanged = true;
      }
      sum += cost;
    }
    return sum;
  }

  static String text(Rejection rejection, String label) {
    return rejection.match(new Text(label));
  }

  static FarmSnapshot apply(Rejection rejection, FarmSnapshot snapshot, int position) {
    return rejection.match(new Application(snapshot, position));
  }

  private static final class Cost implements Rejection.Cases<Long> {
    @Override
    public Long wrongSystem(Rejection.WrongSystem rejection) {
      return Long.MAX_VALUE;
    }

    @Override
    public Long missingFeatures(Rejection.MissingFeatures rejection) {
      return CHANGE_FEATURE * rejection.missing().size();
    }

    @Override
    public Long mandatoryFeaturesNotAsked(Rejection.MandatoryFeaturesNotAsked rejection) {
      return CHANGE_FEATURE * rejection.unasked().size();
    }

    @Override
    public Long refusedByRequest(Rejection.RefusedByRequest rejection) {
      return CHANGE_REQUEST;
    }

    @Override
    public Long yields(Rejection.Yields rejection) {
      return CHANGE_REQUEST;
    }

    @Override
    public Long noSlotsConfigured(Rejection.NoSlotsConfigured rejection) {
      return SWITCH_ON;
    }

    @Override
    public Long disabled(Rejection.Disabled rejection) {
      return SWITCH_ON;
    }

    @Override
    public Long noFreeSlot(Rejection.NoFreeSlot rejection) {
      return FREE_SLOT;
    }

    @Override
    public Long resting(Rejection.Resting rejection) {
      return END_REST;
    }

    @Override
    public Long draining(Rejection.Draining rejection) {
      return END_DRAIN;
    }

    @Override
    public Long heldByOthers(Rejection.HeldByOthers rejection) {
      return SLOT_OF_OTHERS;
    }
  }

  private record Text(String label) implements Rejection.Cases<String> {
    @Override
    public String wrongSystem(Rejection.WrongSystem rejection) {
      return "add system " + rejection.wanted() + " to " + label;
    }

    @Override
    public String missingFeatures(Rejection.MissingFeatures rejection) {
      return "add " + Wording.features(rejection.missing()) + " to " + label;
    }

    @Override
    public String mandatoryFeaturesNotAsked(Rejection.MandatoryFeaturesNotAsked rejection) {
      return "make " + Wording.features(rejection.unasked()) + " of " + label + " not mandatory";
    }

    @Override
    public String refusedByRequest(Rejection.RefusedByRequest rejection) {
      return "let the request use " + label;
    }

    @Override
    public String yields(Rejection.Yields rejection) {
      return "let the request use " + label;
    }

    @Override
    public String noSlotsConfigured(Rejection.NoSlotsConfigured rejection) {
      return "raise the max jobs of " + label;
    }

    @Override
    public String disabled(Rejection.Disabled rejection) {
      return "enable " + label;
    }

    @Override
    public String noFreeSlot(Rejection.NoFreeSlot rejection) {
      return "free a slot on " + label;
    }

    @Override
    public String resting(Rejection.Resting rejection) {
      return "end the rest of " + label;
    }

    @Override
    public String draining(Rejection.Draining rejection) {
      return "stop draining " + label;
    }

    @Override
    public String heldByOthers(Rejection.HeldByOthers rejection) {
      return "free a slot on " + label + " that others hold";
    }
  }

  private record Application(FarmSnapshot snapshot, int position)
      implements Rejection.Cases<FarmSnapshot> {
    private Machine machine() {
      return snapshot.machine(position);
    }

    private FarmSnapshot available() {
      return snapshot.with(position, snapshot.state(position).with(Availability.available()));
    }

    @Override
    public FarmSnapshot wrongSystem(Rejection.WrongSystem rejection) {
      return snapshot;
    }

    @Override
    public FarmSnapshot missingFeatures(Rejection.MissingFeatures rejection) {
      Features supported = machine().supportedFeatures().plus(rejection.missing());
      return snapshot.withMachine(
          position, machine().withFeatures(supported, machine().mandatoryFeatures()));
    }

    @Override
    public FarmSnapshot mandatoryFeaturesNotAsked(Rejection.MandatoryFeaturesNotAsked rejection) {
      return snapshot.withMachine(
          position,
          machine()
              .withFeatures(
                  machine().supportedFeatures().plus(rejection.unasked()),
                  machine().mandatoryFeatures().minus(rejection.unasked())));
    }

    @Override
    public FarmSnapshot refusedByRequest(Rejection.RefusedByRequest rejection) {
      return snapshot;
    }

    @Override
    public FarmSnapshot yields(Rejection.Yields rejection) {
      return snapshot;
    }

    @Override
    public FarmSnapshot noSlotsConfigured(Rejection.NoSlotsConfigured rejection) {
      int enough = snapshot.state(position).running() + 1;
      return snapshot.withMachine(position, machine().withMaxJobs(enough));
    }

    @Override
    public FarmSnapshot disabled(Rejection.Disabled rejection) {
      return available();
    }

    @Override
    public FarmSnapshot noFreeSlot(Rejection.NoFreeSlot rejection) {
      MachineState state = snapshot.state(position);
      return snapshot.with(position, state.withRunning(machine().maxJobs() - 1));
    }

    @Override
    public FarmSnapshot resting(Rejection.Resting rejection) {
      return available();
    }

    @Override
    public FarmSnapshot draining(Rejection.Draining rejection) {
      return available();
    }

    @Override
    public FarmSnapshot heldByOthers(Rejection.HeldByOthers rejection) {
      return available();
    }
  }
}
