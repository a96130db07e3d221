package io.github.remotebuild.policy;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.LocalPreference;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineRule;
import io.github.remotebuild.model.SystemType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

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

  /** Whether the machine could ever take it, whatever is said of the local machine. */
  static boolean isAble(Rule rule, Demand demand, FarmSnapshot snapshot, int i) {
    return isOfTheRightKind(rule, demand, snapshot.machine(i))
        && snapshot.machine(i).maxJobs() > 0
        && !(snapshot.state(i).availability() instanceof Availability.Disabled);
  }

  /** Whether the machine could take it now, whatever is said of the local machine. */
  static boolean isAbleNow(Rule rule, Demand demand, FarmSnapshot snapshot, int i) {
    return isAble(rule, demand, snapshot, i)
        && snapshot.state(i).availability().equals(Availability.available())
        && snapshot.state(i).running() < snapshot.machine(i).maxJobs();
  }

  /** Whether one of the local machine's entries, or one of the others, is able. */
  static boolean isAnyAble(Rule rule, Demand demand, FarmSnapshot snapshot, boolean isLocal) {
    return IntStream.range(0, snapshot.size())
        .filter(i -> isLocal(snapshot.machine(i)) == isLocal)
        .anyMatch(i -> isAble(rule, demand, snapshot, i));
  }

  /** Whether one of the local machine's entries, or one of the others, is able now. */
  static boolean isAnyAbleNow(Rule rule, Demand demand, FarmSnapshot snapshot, boolean isLocal) {
    return IntStream.range(0, snapshot.size())
        .filter(i -> isLocal(snapshot.machine(i)) == isLocal)
        .anyMatch(i -> isAbleNow(rule, demand, snapshot, i));
  }

  static boolean isLocal(Machine machine) {
    return List.of("local", "auto", "daemon").contains(machine.storeUri().toString());
  }

  static Locality locality(Demand demand) {
    boolean prefersLocal = demand.localPreference() == LocalPreference.PREFERS_LOCAL;
    return demand.wishedLocality().orElse(prefersLocal ? Locality.LOCAL_FIRST : Locality.ANY);
  }

  static boolean couldEver(Rule rule, Demand demand, FarmSnapshot snapshot, int i) {
    boolean isLocal = isLocal(snapshot.machine(i));
    return isAble(rule, demand, snapshot, i)
        && switch (locality(demand)) {
          case ANY, LOCAL_WHEN_FREE, REMOTE_WHEN_FREE -> true;
          case LOCAL_FIRST -> isLocal || !isAnyAble(rule, demand, snapshot, true);
          case REMOTE_FIRST -> !isLocal || !isAnyAble(rule, demand, snapshot, false);
          case NEVER_LOCAL -> !isLocal;
        };
  }

  static boolean couldNow(Rule rule, Demand demand, FarmSnapshot snapshot, int i) {
    boolean isLocal = isLocal(snapshot.machine(i));
    return couldEver(rule, demand, snapshot, i)
        && isAbleNow(rule, demand, snapshot, i)
        && switch (locality(demand)) {
          case LOCAL_WHEN_FREE -> isLocal || !isAnyAbleNow(rule, demand, snapshot, true);
          case REMOTE_WHEN_FREE -> !isLocal || !isAnyAbleNow(rule, demand, snapshot, false);
          default -> true;
        };
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
