package io.github.remotebuild.policy;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.SystemType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The rules once more, as plainly as possible and in exact arithmetic. */
final class SlowModel {
  enum Rule {
    NIX,
    CLASSIC,
    HYDRA
  }

  private SlowModel() {}

  /** Whether the machine could take the demand if it were idle and available. */
  static boolean isOfTheRightKind(Rule rule, Demand demand, Machine machine) {
    boolean hasSystem = demand.system().name().equals("builtin");
    for (SystemType system : machine.systems()) {
      hasSystem |= system.name().equals(demand.system().name());
    }
    boolean hasAll = true;
    for (String feature : demand.requiredFeatures().names()) {
      hasAll &=
          machine.supportedFeatures().names().contains(feature)
              || machine.mandatoryFeatures().names().contains(feature);
    }
    boolean isAskedFor = true;
    for (String feature : machine.mandatoryFeatures().names()) {
      boolean isLocal =
          rule == Rule.HYDRA
              && feature.equals("local")
              && demand.localPreference().name().equals("PREFERS_LOCAL");
      isAskedFor &= demand.requiredFeatures().names().contains(feature) || isLocal;
    }
    boolean isAllowed = true;
    for (MachineRule each : demand.rules()) {
      isAllowed &= each.admits(machine);
    }
    return hasSystem && hasAll && isAskedFor && isAllowed;
  }

  static boolean couldEver(Rule rule, Demand demand, FarmSnapshot snapshot, int i) {
    return isOfTheRightKind(rule, demand, snapshot.machine(i))
        && snapshot.machine(i).maxJobs() > 0
        && !(snapshot.state(i).availability() instanceof Availability.Disabled);
  }

  static boolean couldNow(Rule rule, Demand demand, FarmSnapshot snapshot, int i) {
    return couldEver(rule, demand, snapshot, i)
        && snapshot.state(i).availability().equals(Availability.available())
        && snapshot.state(i).running() < snapshot.machine(i).maxJobs();
  }

  static List<Integer> whoCouldNow(Rule rule, Demand demand, FarmSnapshot snapshot) {
    List<Integer> who = new ArrayList<>();
    for (int i = 0; i < snapshot.size(); i++) {
      if (couldNow(rule, demand, snapshot, i)) {
        who.add(i);
      }
    }
    return who;
  }

  static boolean canSomebodyEver(Rule rule, Demand demand, FarmSnapshot snapshot) {
    for (int i = 0; i < snapshot.size(); i++) {
      if (couldEver(rule, demand, snapshot, i)) {
        return true;
      }
    }
    return false;
  }

  /** Who takes it: nobody whom another could beat, and the first of those. */
  static OptionalInt choice(Rule rule, Demand demand, FarmSnapshot snapshot) {
    List<Integer> who = whoCouldNow(rule, demand, snapshot);
    for (int i : who) {
      boolean isBeaten = false;
      for (int j : who) {
        isBeaten |= beats(rule, snapshot, j, i) || (j < i && !beats(rule, snapshot, i, j));
      }
      if (!isBeaten) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  static boolean beats(Rule rule, FarmSnapshot snapshot, int i, int j) {
    int byCost = cost(rule, snapshot, i).compareTo(cost(rule, snapshot, j));
    if (byCost != 0) {
      return byCost < 0;
    }
    int bySpeed = speed(rule, snapshot, i).compareTo(speed(rule, snapshot, j));
    if (bySpeed != 0) {
      return bySpeed > 0;
    }
    int loadOfI = snapshot.state(i).running();
    int loadOfJ = snapshot.state(j).running();
    return rule == Rule.HYDRA ? loadOfI > loadOfJ : loadOfI < loadOfJ;
  }

  private static BigDecimal speed(Rule rule, FarmSnapshot snapshot, int i) {
    BigDecimal exact = new BigDecimal(snapshot.machine(i).speedFactor());
    return rule == Rule.CLASSIC ? exact.setScale(0, RoundingMode.DOWN).max(BigDecimal.ONE) : exact;
  }

  private static BigDecimal cost(Rule rule, FarmSnapshot snapshot, int i) {
    BigDecimal load = new BigDecimal(snapshot.state(i).running());
    BigDecimal exact = load.divide(speed(rule, snapshot, i), MathContext.DECIMAL128);
    return switch (rule) {
      case NIX -> exact;
      case CLASSIC -> exact.add(new BigDecimal("0.4999")).setScale(0, RoundingMode.DOWN);
      case HYDRA -> exact.setScale(0, RoundingMode.HALF_UP);
    };
  }
}
