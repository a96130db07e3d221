package io.github.remotebuild.policy;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.policy.SlowModel.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** What must hold for a policy in every situation; each says how it is broken, if it is. */
enum Law {
  THE_CHOSEN_MACHINE_CAN_TAKE_IT {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      return unless(
          !(decision instanceof Decision.Accept accept)
              || SlowModel.couldNow(rule, s.demand(), s.snapshot(), accept.position()),
          "chosen and cannot take it: " + decision);
    }
  },

  A_MACHINE_THAT_CAN_TAKE_IT_IS_NEVER_PASSED_OVER_FOR_NONE {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      return unless(
          decision instanceof Decision.Accept
              || SlowModel.whoCouldNow(rule, s.demand(), s.snapshot()).isEmpty(),
          "nobody chosen: " + decision);
    }
  },

  POSTPONED_IF_SOMEBODY_CAN_LATER_AND_ELSE_DECLINED {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      boolean canLater = SlowModel.canSomebodyEver(rule, s.demand(), s.snapshot());
      return unless(
          decision.<Boolean>match(accept -> true, postpone -> canLater, decline -> !canLater),
          "should be the other: " + decision);
    }
  },

  THE_RANKING_IS_THAT_OF_THE_SLOW_MODEL {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      int expected = SlowModel.choice(rule, s.demand(), s.snapshot()).orElse(-1);
      return unless(
          Math.max(-1, position(decision)) == expected, "expected m" + expected + ": " + decision);
    }
  },

  THE_SAME_QUESTION_HAS_THE_SAME_ANSWER {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision first = policy.decide(s.demand(), s.snapshot());
      FarmSnapshot copy =
          FarmSnapshot.of(Farm.of(s.snapshot().farm().machines()), s.snapshot().states());
      Decision second = policy.decide(s.demand(), copy);
      return unless(
          first.equals(second)
              && first.explain().equals(second.explain())
              && first.verdicts().equals(second.verdicts()),
          "first " + first + " then " + second);
    }
  },

  ADDING_UNRELATED_MACHINES_CHANGES_NOTHING {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision before = policy.decide(s.demand(), s.snapshot());
      Random random = new Random(s.seed());
      FarmSnapshot larger = s.snapshot();
      for (int i = 0; i < 3; i++) {
        larger = inserted(larger, random.nextInt(larger.size() + 1), stranger(i));
      }
      Decision after =
          policy.decide(
              isBuiltin(s)
                  ? s.demand().refusing("stranger0", "stranger1", "stranger2")
                  : s.demand(),
              larger);
      return unless(answer(before).equals(answer(after)), "before " + before + "\nafter " + after);
    }
  },

  THE_ORDER_MATTERS_ONLY_AMONG_EQUALS {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      List<Integer> order =
          new ArrayList<>(IntStream.range(0, s.snapshot().size()).boxed().toList());
      Collections.shuffle(order, new Random(s.seed()));
      FarmSnapshot shuffled =
          FarmSnapshot.of(
              Farm.of(order.stream().map(s.snapshot()::machine).toList()),
              order.stream().map(s.snapshot()::state).toList());
      Decision before = policy.decide(s.demand(), s.snapshot());
      Decision after = policy.decide(s.demand(), shuffled);
      if (position(before) < 0 || position(after) < 0) {
        return unless(
            answer(before).equals(answer(after)), "before " + before + "\nafter " + after);
      }
      int one = position(before);
      int other = order.get(position(after));
      return unless(
          !SlowModel.beats(rule, s.snapshot(), one, other)
              && !SlowModel.beats(rule, s.snapshot(), other, one),
          "before " + before + "\nafter " + after);
    }
  },

  MORE_LOAD_NEVER_HELPS {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      if (rule == Rule.HYDRA) {
        return Optional.empty();
      }
      int chosen = position(policy.decide(s.demand(), s.snapshot()));
      for (int i = 0; i < s.snapshot().size(); i++) {
        MachineState state = s.snapshot().state(i);
        FarmSnapshot busier = s.snapshot().with(i, state.withRunning(state.running() + 1));
        Decision after = policy.decide(s.demand(), busier);
        if (i != chosen && position(after) != chosen) {
          return Optional.of("m" + chosen + " lost because m" + i + " has more: " + after);
        }
      }
      return Optional.empty();
    }
  },

  MORE_SPEED_NEVER_HARMS {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      int chosen = position(policy.decide(s.demand(), s.snapshot()));
      if (chosen < 0) {
        return Optional.empty();
      }
      Machine machine = s.snapshot().machine(chosen);
      double factor = 1 + new Random(s.seed()).nextInt(4);
      FarmSnapshot faster =
          s.snapshot().withMachine(chosen, machine.withSpeedFactor(machine.speedFactor() * factor));
      Decision after = policy.decide(s.demand(), faster);
      return unless(position(after) == chosen, "m" + chosen + " lost by being faster: " + after);
    }
  },

  THE_VERDICTS_ARE_TRUE {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      List<MachineVerdict> verdicts = decision.verdicts();
      for (int i = 0; i < s.snapshot().size(); i++) {
        Verdict verdict = verdicts.get(i).verdict();
        boolean could = SlowModel.couldNow(rule, s.demand(), s.snapshot(), i);
        boolean ever = SlowModel.couldEver(rule, s.demand(), s.snapshot(), i);
        boolean isChosen = position(decision) == i;
        boolean isTrue =
            verdict.<Boolean>match(
                chosen -> isChosen,
                outranked -> could && !isChosen && position(decision) >= 0,
                eligible -> could && position(decision) < 0,
                rejected -> !could && rejected.isLasting() != ever);
        if (!isTrue) {
          return Optional.of("verdict of m" + i + " is untrue: " + decision);
        }
      }
      return unless(verdicts.size() == s.snapshot().size(), "too many verdicts: " + decision);
    }
  },

  THE_SMALLEST_CHANGE_ADMITS_THE_DEMAND {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      if (decision instanceof Decision.Accept) {
        return unless(decision.smallestChange().isEmpty(), "nothing to change: " + decision);
      }
      FarmChange change = decision.smallestChange().orElseThrow();
      boolean isForTheRequest =
          change.<Boolean>match(
              lift ->
                  lift.rejections().stream()
                      .anyMatch(
                          r ->
                              r instanceof Rejection.RefusedByRequest
                                  || r instanceof Rejection.Yields),
              add -> true);
      Demand demand =
          isForTheRequest ? s.demand().withoutRules().placing(Locality.ANY) : s.demand();
      Decision after = policy.decide(demand, change.applyTo(s.snapshot()));
      return unless(after instanceof Decision.Accept, change.text() + " does not help: " + after);
    }
  },

  NO_OTHER_MACHINE_NEEDS_A_SMALLER_CHANGE {
    @Override
    Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s) {
      Decision decision = policy.decide(s.demand(), s.snapshot());
      if (decision instanceof Decision.Accept) {
        return Optional.empty();
      }
      FarmChange change = decision.smallestChange().orElseThrow();
      int size = change.match(lift -> size(lift.rejections()), add -> NOT_TO_BE_LIFTED);
      int smallest =
          IntStream.range(0, s.snapshot().size())
              .map(i -> size(decision.selection().rejections(i)))
              .min()
              .orElse(NOT_TO_BE_LIFTED);
      return unless(size == smallest, change.text() + " is not the smallest: " + decision);
    }
  };

  private static final int NOT_TO_BE_LIFTED = Integer.MAX_VALUE;

  /** What can be lifted, the smallest change first. */
  private static final List<Set<Class<? extends Rejection>>> BY_SIZE =
      List.of(
          Set.of(Rejection.NoFreeSlot.class),
          Set.of(Rejection.HeldByOthers.class),
          Set.of(Rejection.Resting.class),
          Set.of(Rejection.Draining.class),
          Set.of(Rejection.RefusedByRequest.class, Rejection.Yields.class),
          Set.of(Rejection.Disabled.class, Rejection.NoSlotsConfigured.class),
          Set.of(Rejection.MissingFeatures.class, Rejection.MandatoryFeaturesNotAsked.class));

  /** The largest of the changes that lift {@code rejections}. */
  private static int size(List<Rejection> rejections) {
    int largest = -1;
    for (Rejection rejection : rejections) {
      int size = 0;
      while (size < BY_SIZE.size() && !BY_SIZE.get(size).contains(rejection.getClass())) {
        size++;
      }
      largest = Math.max(largest, size == BY_SIZE.size() ? NOT_TO_BE_LIFTED : size);
    }
    return largest;
  }

  /** How {@code policy} breaks this law in {@code s}, or empty if it does not. */
  abstract Optional<String> violation(SelectionPolicy policy, Rule rule, Situation s);

  private static Optional<String> unless(boolean holds, String violation) {
    return holds ? Optional.empty() : Optional.of(violation);
  }

  private static int position(Decision decision) {
    return decision.match(Decision.Accept::position, postpone -> -1, decline -> -2);
  }

  private static String answer(Decision decision) {
    return decision.match(
        accept -> accept.machine().name(), postpone -> "postpone", decline -> "decline");
  }

  private static boolean isBuiltin(Situation s) {
    return s.demand().system().isBuiltin();
  }

  private static Machine stranger(int i) {
    return Machine.at("stranger" + i).forSystems("riscv64-linux").maxJobs(9).build();
  }

  private static FarmSnapshot inserted(FarmSnapshot snapshot, int at, Machine machine) {
    List<Machine> machines = new ArrayList<>(snapshot.farm().machines());
    List<MachineState> states = new ArrayList<>(snapshot.states());
    machines.add(at, machine);
    states.add(at, MachineState.idle());
    return FarmSnapshot.of(Farm.of(machines), states);
  }
}
