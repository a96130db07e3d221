package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.policy.SlowModel.Rule;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the local machine is to a build: the same for every policy. */
class LocalityProperties {
  /** The policies that agree on who is able. */
  private static final List<SelectionPolicy> POLICIES =
      List.of(
          SelectionPolicy.nix(),
          SelectionPolicy.classic(),
          SelectionPolicy.ranking(
              "last first", Comparator.comparing(candidate -> -candidate.position())));

  @Provide
  Arbitrary<Situation> situations() {
    return Arbitraries.randomValue(Situation::random);
  }

  @Provide
  Arbitrary<SelectionPolicy> policies() {
    return Arbitraries.of(POLICIES);
  }

  private interface Check {
    void check(Demand demand, Decision decision);
  }

  /** Asks for one locality and shows decision and situation if the check fails. */
  private static void placing(Locality locality, SelectionPolicy policy, Situation s, Check check) {
    Demand demand = s.demand().placing(locality);
    Decision decision = policy.decide(demand, s.snapshot());
    try {
      check.check(demand, decision);
    } catch (AssertionError e) {
      throw new AssertionError(locality + ", " + policy.name() + "\n" + decision + "\n" + s, e);
    }
  }

  private static boolean isAble(Demand demand, Situation s, boolean isLocal) {
    return SlowModel.isAnyAble(Rule.NIX, demand, s.snapshot(), isLocal);
  }

  private static boolean isAbleNow(Demand demand, Situation s, boolean isLocal) {
    return SlowModel.isAnyAbleNow(Rule.NIX, demand, s.snapshot(), isLocal);
  }

  private static boolean takes(Decision decision, boolean isLocal) {
    return decision instanceof Decision.Accept accept
        && SlowModel.isLocal(accept.machine()) == isLocal;
  }

  @Property
  void never_local_never_chooses_the_local_machine(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    placing(
        Locality.NEVER_LOCAL,
        policy,
        s,
        (demand, decision) -> {
          assertThat(takes(decision, true)).isFalse();
          assertThat(decision instanceof Decision.Decline).isEqualTo(!isAble(demand, s, false));
        });
  }

  @Property
  void local_first_chooses_another_only_if_the_local_one_never_can(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    placing(
        Locality.LOCAL_FIRST,
        policy,
        s,
        (demand, decision) -> {
          assertThat(takes(decision, true)).isEqualTo(isAbleNow(demand, s, true));
          assertThat(takes(decision, false))
              .isEqualTo(!isAble(demand, s, true) && isAbleNow(demand, s, false));
        });
  }

  @Property
  void remote_first_chooses_the_local_one_only_if_no_other_ever_can(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    placing(
        Locality.REMOTE_FIRST,
        policy,
        s,
        (demand, decision) -> {
          assertThat(takes(decision, false)).isEqualTo(isAbleNow(demand, s, false));
          assertThat(takes(decision, true))
              .isEqualTo(!isAble(demand, s, false) && isAbleNow(demand, s, true));
        });
  }

  @Property
  void local_when_free_chooses_another_only_if_the_local_one_cannot_now(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    placing(
        Locality.LOCAL_WHEN_FREE,
        policy,
        s,
        (demand, decision) -> {
          assertThat(takes(decision, true)).isEqualTo(isAbleNow(demand, s, true));
          assertThat(takes(decision, false))
              .isEqualTo(!isAbleNow(demand, s, true) && isAbleNow(demand, s, false));
        });
  }

  @Property
  void remote_when_free_chooses_the_local_one_only_if_no_other_can_now(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    placing(
        Locality.REMOTE_WHEN_FREE,
        policy,
        s,
        (demand, decision) -> {
          assertThat(takes(decision, false)).isEqualTo(isAbleNow(demand, s, false));
          assertThat(takes(decision, true))
              .isEqualTo(!isAbleNow(demand, s, false) && isAbleNow(demand, s, true));
        });
  }

  @Property
  void no_preference_turns_a_wait_into_a_refusal_or_back_but_never_local(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    boolean isDeclined =
        policy.decide(s.demand().placing(Locality.ANY), s.snapshot()) instanceof Decision.Decline;

    for (Locality locality : Locality.values()) {
      if (locality != Locality.NEVER_LOCAL) {
        placing(
            locality,
            policy,
            s,
            (demand, decision) ->
                assertThat(decision instanceof Decision.Decline).isEqualTo(isDeclined));
      }
    }
  }

  @Property
  void a_farm_without_a_local_machine_is_the_same_to_every_preference(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    if (s.snapshot().farm().machines().stream().anyMatch(SlowModel::isLocal)) {
      return;
    }
    String expected = policy.decide(s.demand().placing(Locality.ANY), s.snapshot()).explain();

    for (Locality locality : Locality.values()) {
      assertThat(policy.decide(s.demand().placing(locality), s.snapshot()).explain())
          .isEqualTo(expected);
    }
  }

  @Property
  void within_its_side_the_policy_ranks_as_if_the_others_were_not_there(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    for (Locality locality : Locality.values()) {
      placing(
          locality,
          policy,
          s,
          (demand, decision) -> {
            if (locality == Locality.ANY || !(decision instanceof Decision.Accept accept)) {
              return;
            }
            FarmSnapshot alone = s.snapshot();
            for (int i = 0; i < alone.size(); i++) {
              if (SlowModel.isLocal(alone.machine(i)) != SlowModel.isLocal(accept.machine())) {
                alone = alone.with(i, alone.state(i).disabled("left out"));
              }
            }
            Decision again = policy.decide(demand.placing(Locality.ANY), alone);
            assertThat(again).isInstanceOf(Decision.Accept.class);
            assertThat(((Decision.Accept) again).position()).isEqualTo(accept.position());
          });
    }
  }

  @Property
  void hopeful_is_who_has_no_lasting_reason_not_to_take_it(
      @ForAll("policies") SelectionPolicy policy, @ForAll("situations") Situation s) {
    Selection selection = Selection.of(policy, s.demand(), s.snapshot());

    for (int i = 0; i < s.snapshot().size(); i++) {
      assertThat(selection.hopefuls().get(i))
          .as("m%s of %s", i, s)
          .isEqualTo(selection.rejections(i).stream().noneMatch(Rejection::isLasting));
    }
  }
}
