package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Features;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.policy.SlowModel.Rule;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the laws against policies with one mistake each, to see that the laws notice. */
class PlantedMistakesTest {
  private static final int TRIES = 3000;

  private record Mistake(String name, Law law, Rule rule, SelectionPolicy policy) {
    @Override
    public String toString() {
      return name;
    }
  }

  private record Wrong(String name, BiFunction<Demand, FarmSnapshot, Decision> rule)
      implements SelectionPolicy {
    @Override
    public Decision decide(Demand demand, FarmSnapshot snapshot) {
      return rule.apply(demand, snapshot);
    }
  }

  private static Mistake mistake(
      String name, Law law, Rule rule, BiFunction<Demand, FarmSnapshot, Decision> decide) {
    return new Mistake(name, law, rule, new Wrong(name, decide));
  }

  private static Mistake nix(
      String name, Law law, BiFunction<Demand, FarmSnapshot, Decision> decide) {
    return mistake(name, law, Rule.NIX, decide);
  }

  private static Mistake order(String name, Law law, Comparator<Candidate> bestFirst) {
    return new Mistake(name, law, Rule.NIX, SelectionPolicy.ranking(name, bestFirst));
  }

  private static Decision firstOf(Selection selection) {
    List<Candidate> candidates = selection.candidates();
    return candidates.isEmpty() ? selection.acceptNobody() : selection.accept(candidates.get(0));
  }

  static Stream<Mistake> mistakes() {
    SelectionPolicy nix = SelectionPolicy.nix();
    AtomicInteger turn = new AtomicInteger();
    return Stream.of(
        nix(
            "ignores mandatory features",
            Law.THE_CHOSEN_MACHINE_CAN_TAKE_IT,
            (demand, snapshot) ->
                firstOf(new Selection(nix, demand, snapshot, Features.of("kvm", "big", "local")))),
        nix(
            "ignores required features",
            Law.THE_CHOSEN_MACHINE_CAN_TAKE_IT,
            (demand, snapshot) ->
                nix.decide(
                    new Demand(
                        demand.system(),
                        Features.none(),
                        demand.localPreference(),
                        demand.wishedLocality(),
                        demand.rules()),
                    snapshot)),
        nix(
            "ignores the request's rules",
            Law.THE_CHOSEN_MACHINE_CAN_TAKE_IT,
            (demand, snapshot) -> nix.decide(demand.withoutRules(), snapshot)),
        nix(
            "ignores what the local machine is to the build",
            Law.THE_CHOSEN_MACHINE_CAN_TAKE_IT,
            (demand, snapshot) -> nix.decide(demand.placing(Locality.ANY), snapshot)),
        nix(
            "declines what only the local machine may take later",
            Law.POSTPONED_IF_SOMEBODY_CAN_LATER_AND_ELSE_DECLINED,
            (demand, snapshot) ->
                nix.decide(demand, snapshot)
                    .match(
                        accept -> accept,
                        postpone ->
                            demand.locality() == Locality.LOCAL_FIRST
                                ? nix.decide(demand.placing(Locality.NEVER_LOCAL), snapshot)
                                : postpone,
                        decline -> decline)),
        nix(
            "ignores what runs and what rests",
            Law.THE_CHOSEN_MACHINE_CAN_TAKE_IT,
            (demand, snapshot) -> nix.decide(demand, FarmSnapshot.of(snapshot.farm()))),
        nix(
            "counts local preference as asking for local",
            Law.THE_CHOSEN_MACHINE_CAN_TAKE_IT,
            SelectionPolicy.hydra()::decide),
        nix(
            "waits until the first machine is idle",
            Law.A_MACHINE_THAT_CAN_TAKE_IT_IS_NEVER_PASSED_OVER_FOR_NONE,
            (demand, snapshot) ->
                snapshot.size() > 0 && snapshot.state(0).running() > 0
                    ? Selection.of(nix, demand, snapshot).acceptNobody()
                    : nix.decide(demand, snapshot)),
        nix(
            "declines what it should postpone",
            Law.POSTPONED_IF_SOMEBODY_CAN_LATER_AND_ELSE_DECLINED,
            (demand, snapshot) ->
                nix.decide(demand, snapshot)
                    .match(
                        accept -> accept,
                        postpone -> new Decision.Decline(postpone.selection()),
                        decline -> decline)),
        nix(
            "postpones for ever what only a machine without slots could take",
            Law.POSTPONED_IF_SOMEBODY_CAN_LATER_AND_ELSE_DECLINED,
            (demand, snapshot) ->
                nix.decide(demand, snapshot)
                    .match(
                        accept -> accept,
                        postpone -> postpone,
                        decline ->
                            snapshot.farm().machines().stream()
                                    .anyMatch(machine -> machine.runs(demand.system()))
                                ? new Decision.Postpone(decline.selection())
                                : decline)),
        nix(
            "takes the first that can",
            Law.THE_RANKING_IS_THAT_OF_THE_SLOW_MODEL,
            (demand, snapshot) -> firstOf(Selection.of(nix, demand, snapshot))),
        nix(
            "rounds as classic does",
            Law.THE_RANKING_IS_THAT_OF_THE_SLOW_MODEL,
            SelectionPolicy.classic()::decide),
        mistake(
            "rounds as nix does",
            Law.THE_RANKING_IS_THAT_OF_THE_SLOW_MODEL,
            Rule.CLASSIC,
            SelectionPolicy.nix()::decide),
        mistake(
            "breaks the last tie as classic does",
            Law.THE_RANKING_IS_THAT_OF_THE_SLOW_MODEL,
            Rule.HYDRA,
            SelectionPolicy.classic()::decide),
        nix(
            "takes turns",
            Law.THE_SAME_QUESTION_HAS_THE_SAME_ANSWER,
            (demand, snapshot) -> {
              Selection selection = Selection.of(nix, demand, snapshot);
              List<Candidate> candidates = selection.candidates();
              return candidates.isEmpty()
                  ? selection.acceptNobody()
                  : selection.accept(candidates.get(turn.getAndIncrement() % candidates.size()));
            }),
        order(
            "prefers even places",
            Law.ADDING_UNRELATED_MACHINES_CHANGES_NOTHING,
            Comparator.comparing(candidate -> candidate.position() % 2)),
        order(
            "prefers the end of the list",
            Law.THE_ORDER_MATTERS_ONLY_AMONG_EQUALS,
            Comparator.comparing(candidate -> -candidate.position())),
        order(
            "fills up the busiest",
            Law.MORE_LOAD_NEVER_HELPS,
            Comparator.comparing(candidate -> -candidate.running())),
        order(
            "prefers the slowest",
            Law.MORE_SPEED_NEVER_HARMS,
            Comparator.comparing(candidate -> candidate.machine().speedFactor())),
        nix(
            "says that the first machine is missing features",
            Law.THE_VERDICTS_ARE_TRUE,
            (demand, snapshot) -> nix.decide(demand.requiring("unheard-of"), snapshot)),
        nix(
            "asks for too much and so names a change that does not help",
            Law.THE_SMALLEST_CHANGE_ADMITS_THE_DEMAND,
            (demand, snapshot) ->
                nix.decide(demand.requiring("unheard-of-" + snapshot.hashCode()), snapshot)));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void every_planted_mistake_is_refuted_by_the_law_that_forbids_it(Mistake mistake) {
    Random random = new Random(20261122);

    boolean isRefuted =
        Stream.generate(() -> Situation.random(random))
            .limit(TRIES)
            .anyMatch(
                situation ->
                    mistake
                        .law()
                        .violation(mistake.policy(), mistake.rule(), situation)
                        .isPresent());

    assertThat(isRefuted).as(mistake.law() + " forbids a policy that " + mistake.name()).isTrue();
  }
}
