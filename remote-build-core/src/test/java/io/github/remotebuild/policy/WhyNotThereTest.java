package io.github.remotebuild.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.Demand;
import io.github.remotebuild.model.Farm;
import io.github.remotebuild.model.Locality;
import io.github.remotebuild.model.Machine;
import io.github.remotebuild.model.MachineBuilder;
import io.github.remotebuild.model.MachineRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person is told who asks why a build is not where it was expected. */
class WhyNotThereTest {
  private static final Demand LINUX = Demand.forSystem("x86_64-linux");
  private static final Demand KVM = LINUX.requiring("kvm");
  private static final Instant TEN = Instant.parse("2026-11-22T10:00:00Z");

  private record Case(
      String name, SelectionPolicy policy, Demand demand, FarmSnapshot farm, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static MachineBuilder linux(String name) {
    return Machine.at(name).forSystems("x86_64-linux");
  }

  private static Machine one(String name) {
    return linux(name).build();
  }

  private static Machine mac(String name) {
    return Machine.at(name).forSystems("aarch64-darwin", "x86_64-darwin").build();
  }

  private static FarmSnapshot idle(Machine... machines) {
    return FarmSnapshot.of(Farm.of(machines));
  }

  private static FarmSnapshot farm(Object... machinesAndStates) {
    List<Machine> machines = new ArrayList<>();
    List<MachineState> states = new ArrayList<>();
    for (int i = 0; i < machinesAndStates.length; i += 2) {
      machines.add((Machine) machinesAndStates[i]);
      states.add((MachineState) machinesAndStates[i + 1]);
    }
    return FarmSnapshot.of(Farm.of(machines), states);
  }

  private static MachineState busy(int running) {
    return MachineState.running(running);
  }

  private static Case of(String name, Demand demand, FarmSnapshot farm, String... lines) {
    return new Case(name, SelectionPolicy.nix(), demand, farm, String.join("\n", lines));
  }

  static Stream<Case> cases() {
    return Stream.of(whoTakesIt(), whoCannot(), whoCanLater(), whereTheLocalOneIs(), large())
        .flatMap(cases -> cases);
  }

  private static Stream<Case> whoTakesIt() {
    SelectionPolicy shy =
        new SelectionPolicy() {
          @Override
          public String name() {
            return "shy";
          }

          @Override
          public Decision decide(Demand demand, FarmSnapshot snapshot) {
            return Selection.of(this, demand, snapshot).acceptNobody();
          }
        };
    return Stream.of(
        of(
            "the only one",
            LINUX,
            idle(one("a")),
            "a takes the build for x86_64-linux (policy nix)",
            "  a: is chosen; 0 of 1 slot taken, speed 1"),
        of(
            "the less loaded",
            KVM,
            farm(
                linux("a").supporting("kvm").maxJobs(4).build(), busy(2),
                linux("b").supporting("kvm").maxJobs(4).speedFactor(1.5).build(), busy(1)),
            "b takes the build for x86_64-linux with feature kvm (policy nix)",
            "  a: could take it too, but has more load for its speed; 2 of 4 slots taken, speed 1",
            "  b: is chosen; 1 of 4 slots taken, speed 1.5"),
        of(
            "the faster, the idler, and the earlier",
            LINUX,
            farm(
                linux("a").maxJobs(8).speedFactor(2).build(), busy(2),
                linux("b").maxJobs(8).speedFactor(4).build(), busy(4),
                linux("c").maxJobs(8).speedFactor(4).build(), busy(5),
                linux("d").maxJobs(8).speedFactor(4).build(), busy(4)),
            "b takes the build for x86_64-linux (policy nix)",
            "  a: could take it too, but is slower; 2 of 8 slots taken, speed 2",
            "  b: is chosen; 4 of 8 slots taken, speed 4",
            "  c: could take it too, but has more load for its speed; 5 of 8 slots taken, speed 4",
            "  d: could take it too, but comes later in the farm; 4 of 8 slots taken, speed 4"),
        new Case(
            "hydra takes the fuller of equals",
            SelectionPolicy.hydra(),
            LINUX,
            farm(
                linux("a").maxJobs(8).speedFactor(4).build(), busy(2),
                linux("b").maxJobs(8).speedFactor(4).build(), busy(3)),
            "b takes the build for x86_64-linux (policy hydra)\n"
                + "  a: could take it too, but has less load; 2 of 8 slots taken, speed 4\n"
                + "  b: is chosen; 3 of 8 slots taken, speed 4"),
        new Case(
            "a ranking of one's own gives no reason",
            SelectionPolicy.ranking("last", Comparator.comparing(c -> -c.position())),
            LINUX,
            idle(one("a"), one("b")),
            "b takes the build for x86_64-linux (policy last)\n"
                + "  a: could take it too; 0 of 1 slot taken, speed 1\n"
                + "  b: is chosen; 0 of 1 slot taken, speed 1"),
        of(
            "one for all reasons not to be chosen",
            LINUX,
            farm(one("a"), busy(1), mac("b"), busy(0), one("c"), busy(0)),
            "c takes the build for x86_64-linux (policy nix)",
            "  a: its only slot is taken",
            "  b: runs aarch64-darwin, x86_64-darwin, not x86_64-linux",
            "  c: is chosen; 0 of 1 slot taken, speed 1"),
        of(
            "two lines that name one host",
            LINUX,
            idle(mac("host"), one("host")),
            "host (entry 2) takes the build for x86_64-linux (policy nix)",
            "  host (entry 1): runs aarch64-darwin, x86_64-darwin, not x86_64-linux",
            "  host (entry 2): is chosen; 0 of 1 slot taken, speed 1"),
        of(
            "builtin runs anywhere",
            Demand.forSystem("builtin"),
            idle(mac("a")),
            "a takes the build for builtin (policy nix)",
            "  a: is chosen; 0 of 1 slot taken, speed 1"),
        of(
            "names come from the store URI",
            LINUX,
            idle(
                linux("ssh://nix@h:2222?compress=true").maxJobs(0).build(),
                linux("ssh-ng://h").build(),
                linux("daemon?root=/x").maxJobs(0).build()),
            "ssh-ng://h takes the build for x86_64-linux (policy nix)",
            "  nix@h:2222: its max jobs is 0",
            "  ssh-ng://h: is chosen; 0 of 1 slot taken, speed 1",
            "  daemon: its max jobs is 0"),
        new Case(
            "hydra lets local preference count",
            SelectionPolicy.hydra(),
            LINUX.preferringLocal(),
            idle(linux("a").insistingOn("local").build()),
            "a takes the build for x86_64-linux (policy hydra)\n"
                + "  a: is chosen; 0 of 1 slot taken, speed 1"),
        new Case(
            "a policy that holds back",
            shy,
            LINUX,
            idle(one("a")),
            "no machine takes the build for x86_64-linux now; 1 machine can later\n"
                + "  a: could take it, but the policy holds back; 0 of 1 slot taken, speed 1\n"
                + "smallest change: let the policy use a"));
  }

  private static Stream<Case> whoCannot() {
    return Stream.of(
        of(
            "no machines at all",
            KVM,
            idle(),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  there are no machines",
            "smallest change: add a machine for x86_64-linux with feature kvm"),
        of(
            "another system",
            Demand.forSystem("aarch64-darwin"),
            idle(one("a"), one("b")),
            "no machine can take the build for aarch64-darwin",
            "  a: runs x86_64-linux, not aarch64-darwin",
            "  b: runs x86_64-linux, not aarch64-darwin",
            "smallest change: add a machine for aarch64-darwin"),
        of(
            "one feature missing",
            KVM,
            idle(one("a")),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  a: lacks feature kvm",
            "smallest change: add feature kvm to a"),
        of(
            "the machine that lacks least",
            LINUX.requiring("kvm", "big-parallel", "gpu"),
            idle(one("a"), linux("b").supporting("gpu", "kvm").build()),
            "no machine can take the build for x86_64-linux with features big-parallel, gpu, kvm",
            "  a: lacks features big-parallel, gpu, kvm",
            "  b: lacks feature big-parallel",
            "smallest change: add feature big-parallel to b"),
        of(
            "wrong system and a feature missing",
            KVM,
            idle(mac("a")),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  a: runs aarch64-darwin, x86_64-darwin, not x86_64-linux; lacks feature kvm",
            "smallest change: add a machine for x86_64-linux with feature kvm"),
        of(
            "builtin with a feature nobody has",
            Demand.forSystem("builtin").requiring("net"),
            idle(mac("a")),
            "no machine can take the build for builtin with feature net",
            "  a: lacks feature net",
            "smallest change: add feature net to a"),
        of(
            "a mandatory feature not asked for",
            LINUX,
            idle(linux("a").insistingOn("benchmark").build()),
            "no machine can take the build for x86_64-linux",
            "  a: takes only builds that ask for feature benchmark",
            "smallest change: make feature benchmark of a not mandatory"),
        of(
            "two mandatory features, one asked for",
            LINUX.requiring("x"),
            idle(linux("a").insistingOn("x", "y").build()),
            "no machine can take the build for x86_64-linux with feature x",
            "  a: takes only builds that ask for feature y",
            "smallest change: make feature y of a not mandatory"),
        of(
            "local preference does not count in nix",
            LINUX.preferringLocal(),
            idle(linux("a").insistingOn("local").build()),
            "no machine can take the build for x86_64-linux",
            "  a: takes only builds that ask for feature local",
            "smallest change: make feature local of a not mandatory"),
        of(
            "missing and mandatory",
            KVM,
            idle(linux("a").insistingOn("benchmark").build()),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  a: lacks feature kvm; takes only builds that ask for feature benchmark",
            "smallest change: add feature kvm to a and make feature benchmark of a not"
                + " mandatory"),
        of(
            "no slots configured",
            LINUX,
            idle(linux("a").maxJobs(0).build()),
            "no machine can take the build for x86_64-linux",
            "  a: its max jobs is 0",
            "smallest change: raise the max jobs of a"),
        of(
            "switched off",
            LINUX,
            farm(one("a"), busy(0).disabled("it burns")),
            "no machine can take the build for x86_64-linux",
            "  a: is disabled: it burns",
            "smallest change: enable a"),
        of(
            "switched off and lacking something",
            KVM,
            farm(one("a"), busy(0).disabled("it burns")),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  a: lacks feature kvm; is disabled: it burns",
            "smallest change: add feature kvm to a and enable a"),
        of(
            "excluded by the request",
            LINUX.refusing("a"),
            idle(one("a")),
            "no machine can take the build for x86_64-linux",
            "  a: the request excludes it",
            "smallest change: let the request use a"),
        of(
            "not among those the request allows",
            LINUX.usingOnly("x", "y"),
            idle(one("a")),
            "no machine can take the build for x86_64-linux",
            "  a: the request allows only x, y",
            "  the request names x, y, but no machine has one of these names",
            "smallest change: let the request use a"),
        of(
            "a rule of the request's own",
            LINUX.obeying(MachineRule.matching("it has failed this build before", m -> false)),
            idle(one("a")),
            "no machine can take the build for x86_64-linux",
            "  a: it has failed this build before",
            "smallest change: let the request use a"),
        of(
            "the request allows no machine",
            LINUX.usingOnly(),
            idle(one("a")),
            "no machine can take the build for x86_64-linux",
            "  a: the request allows no machine",
            "smallest change: let the request use a"),
        of(
            "rather the request, however many of its rules refuse, than the machines",
            LINUX.refusing("a").usingOnly("b").refusing("a").refusing("a").refusing("a"),
            idle(one("a"), linux("b").maxJobs(0).build()),
            "no machine can take the build for x86_64-linux",
            "  a: the request excludes it; the request allows only b; the request excludes it;"
                + " the request excludes it; the request excludes it",
            "  b: its max jobs is 0",
            "smallest change: let the request use a"),
        of(
            "rather the request than the machines",
            KVM.refusing("b"),
            idle(one("a"), linux("b").supporting("kvm").build()),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  a: lacks feature kvm",
            "  b: the request excludes it",
            "smallest change: let the request use b"),
        of(
            "what passes is not mentioned where waiting does not help",
            KVM,
            farm(one("a"), busy(1)),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  a: lacks feature kvm",
            "smallest change: add feature kvm to a and free a slot on a"));
  }

  private static Stream<Case> whoCanLater() {
    return Stream.of(
        of(
            "the only slot is taken",
            LINUX,
            farm(one("a"), busy(1)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: its only slot is taken",
            "smallest change: free a slot on a"),
        of(
            "all slots are taken",
            LINUX,
            farm(linux("a").maxJobs(4).build(), busy(4)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: all its 4 slots are taken",
            "smallest change: free a slot on a"),
        of(
            "more builds than slots, after an edit",
            LINUX,
            farm(linux("a").maxJobs(2).build(), busy(5)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: has 5 builds and 2 slots",
            "smallest change: free a slot on a"),
        of(
            "resting",
            LINUX,
            farm(one("a"), busy(0).restingUntil(TEN, "3 connections failed")),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: rests until 2026-11-22T10:00:00Z: 3 connections failed",
            "smallest change: end the rest of a"),
        of(
            "resting because of its host key",
            LINUX,
            farm(one("a"), busy(0).restingUntil(TEN, "its host key is not the pinned one")),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: rests until 2026-11-22T10:00:00Z: its host key is not the pinned one",
            "smallest change: end the rest of a"),
        of(
            "draining",
            LINUX,
            farm(one("a"), busy(0).draining("it is to be updated")),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: takes nothing new: it is to be updated",
            "smallest change: stop draining a"),
        of(
            "held by others",
            LINUX,
            farm(linux("a").maxJobs(2).build(), busy(1).heldBy("another coordinator")),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: its slots are held by another coordinator",
            "smallest change: free a slot on a that others hold"),
        of(
            "draining and full",
            LINUX,
            farm(one("a"), busy(1).draining("it is to be updated")),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  a: takes nothing new: it is to be updated; its only slot is taken",
            "smallest change: stop draining a and free a slot on a"),
        of(
            "rather wait for a slot than for the end of a rest",
            LINUX,
            farm(one("a"), busy(0).restingUntil(TEN, "it failed"), one("b"), busy(1)),
            "no machine takes the build for x86_64-linux now; 2 machines can later",
            "  a: rests until 2026-11-22T10:00:00Z: it failed",
            "  b: its only slot is taken",
            "smallest change: free a slot on b"),
        of(
            "one waits, the others never can",
            KVM,
            farm(
                mac("a"), busy(0),
                linux("b").supporting("kvm").build(), busy(1),
                one("c"), busy(0),
                linux("d").supporting("kvm").insistingOn("x").build(), busy(0),
                linux("e").supporting("kvm").maxJobs(0).build(), busy(0)),
            "no machine takes the build for x86_64-linux with feature kvm now; 1 machine can"
                + " later",
            "  a: runs aarch64-darwin, x86_64-darwin, not x86_64-linux; lacks feature kvm",
            "  b: its only slot is taken",
            "  c: lacks feature kvm",
            "  d: takes only builds that ask for feature x",
            "  e: its max jobs is 0",
            "smallest change: free a slot on b"));
  }

  private static Machine here() {
    return Machine.local().forSystems("x86_64-linux").maxJobs(2).build();
  }

  private static Stream<Case> whereTheLocalOneIs() {
    Machine away = linux("away").maxJobs(2).build();
    return Stream.of(
        of(
            "wanted locally, and there is a slot",
            LINUX.placing(Locality.LOCAL_FIRST),
            farm(away, busy(0), here(), busy(1)),
            "local takes the build for x86_64-linux (policy nix)",
            "  away: the request wants it built locally first",
            "  local: is chosen; 1 of 2 slots taken, speed 1"),
        of(
            "wanted locally, and there is no slot",
            LINUX.placing(Locality.LOCAL_FIRST),
            farm(away, busy(0), here(), busy(2)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  away: the request wants it built locally first",
            "  local: all its 2 slots are taken",
            "smallest change: free a slot on local"),
        of(
            "the derivation wants to be built locally",
            LINUX.preferringLocal(),
            farm(away, busy(0), here(), busy(2)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  away: the derivation wants it built locally first",
            "  local: all its 2 slots are taken",
            "smallest change: free a slot on local"),
        of(
            "the request overrides the derivation",
            LINUX.preferringLocal().placing(Locality.ANY),
            farm(away, busy(0), here(), busy(2)),
            "away takes the build for x86_64-linux (policy nix)",
            "  away: is chosen; 0 of 2 slots taken, speed 1",
            "  local: all its 2 slots are taken"),
        of(
            "wanted locally, which can never be",
            KVM.placing(Locality.LOCAL_FIRST),
            idle(linux("away").supporting("kvm").build(), here()),
            "away takes the build for x86_64-linux with feature kvm (policy nix)",
            "  away: is chosen; 0 of 1 slot taken, speed 1",
            "  local: lacks feature kvm"),
        of(
            "wanted elsewhere, and all others are busy",
            LINUX.placing(Locality.REMOTE_FIRST),
            farm(away, busy(2), here(), busy(0)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  away: all its 2 slots are taken",
            "  local: the request wants it built on another machine first",
            "smallest change: free a slot on away"),
        of(
            "wanted elsewhere, and all others rest",
            LINUX.placing(Locality.REMOTE_FIRST),
            farm(away, busy(0).restingUntil(TEN, "it failed"), here(), busy(0)),
            "no machine takes the build for x86_64-linux now; 1 machine can later",
            "  away: rests until 2026-11-22T10:00:00Z: it failed",
            "  local: the request wants it built on another machine first",
            "smallest change: end the rest of away"),
        of(
            "never locally, and no other can",
            KVM.placing(Locality.NEVER_LOCAL),
            idle(away, Machine.local().forSystems("x86_64-linux").supporting("kvm").build()),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  away: lacks feature kvm",
            "  local: the request does not want it built locally",
            "smallest change: let the request use local"),
        of(
            "locally when a slot is free, which it is",
            LINUX.placing(Locality.LOCAL_WHEN_FREE),
            idle(away, here()),
            "local takes the build for x86_64-linux (policy nix)",
            "  away: the request wants it built locally when a slot is free there",
            "  local: is chosen; 0 of 2 slots taken, speed 1"),
        of(
            "locally when a slot is free, which it is not",
            LINUX.placing(Locality.LOCAL_WHEN_FREE),
            farm(away, busy(1), here(), busy(2)),
            "away takes the build for x86_64-linux (policy nix)",
            "  away: is chosen; 1 of 2 slots taken, speed 1",
            "  local: all its 2 slots are taken"),
        of(
            "as Nix does, elsewhere when a slot is free there",
            LINUX.placing(Locality.REMOTE_WHEN_FREE),
            farm(away, busy(1), here(), busy(0)),
            "away takes the build for x86_64-linux (policy nix)",
            "  away: is chosen; 1 of 2 slots taken, speed 1",
            "  local: the request wants it built on another machine when one is free"),
        of(
            "as Nix does, locally when all others are busy",
            LINUX.placing(Locality.REMOTE_WHEN_FREE),
            farm(away, busy(2), here(), busy(0)),
            "local takes the build for x86_64-linux (policy nix)",
            "  away: all its 2 slots are taken",
            "  local: is chosen; 0 of 2 slots taken, speed 1"),
        of(
            "a request whose rules and wish both refuse is changed once",
            LINUX.placing(Locality.NEVER_LOCAL).refusing("local"),
            idle(here()),
            "no machine can take the build for x86_64-linux",
            "  local: the request excludes it; the request does not want it built locally",
            "smallest change: let the request use local"),
        of(
            "a name that nobody has",
            LINUX.usingOnly("a", "awya"),
            idle(one("a"), away),
            "a takes the build for x86_64-linux (policy nix)",
            "  a: is chosen; 0 of 1 slot taken, speed 1",
            "  away: the request allows only a, awya",
            "  the request names awya, but no machine has that name"));
  }

  private static Stream<Case> large() {
    Machine[] thirteen = new Machine[13];
    Machine[] twelve = new Machine[12];
    for (int i = 0; i < 13; i++) {
      thirteen[i] = i == 5 ? mac("m5") : one("m" + i);
    }
    System.arraycopy(thirteen, 0, twelve, 0, 12);
    return Stream.of(
        of(
            "a farm of 13 is told by groups",
            KVM,
            idle(thirteen),
            "no machine can take the build for x86_64-linux with feature kvm",
            "  m0, m1, m2 and 9 more: lacks feature kvm",
            "  m5: runs aarch64-darwin, x86_64-darwin, not x86_64-linux; lacks feature kvm",
            "smallest change: add feature kvm to m0"),
        of(
            "a farm of 12 is told one by one",
            Demand.forSystem("riscv64-linux"),
            idle(twelve),
            Stream.concat(
                    Stream.concat(
                        Stream.of("no machine can take the build for riscv64-linux"),
                        Stream.of(twelve)
                            .map(
                                m ->
                                    m.name().equals("m5")
                                        ? "  m5: runs aarch64-darwin, x86_64-darwin, not"
                                            + " riscv64-linux"
                                        : "  "
                                            + m.name()
                                            + ": runs x86_64-linux, not"
                                            + " riscv64-linux")),
                    Stream.of("smallest change: add a machine for riscv64-linux"))
                .toArray(String[]::new)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void the_explanation_says_exactly_this(Case given) {
    Decision decision = given.policy().decide(given.demand(), given.farm());

    assertThat(decision.explain()).isEqualTo(given.text());
    assertThat(decision).hasToString(given.text());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void the_verdicts_are_as_many_as_the_machines_and_in_their_order(Case given) {
    List<MachineVerdict> verdicts = given.policy().decide(given.demand(), given.farm()).verdicts();

    assertThat(verdicts)
        .extracting(MachineVerdict::machine)
        .isEqualTo(given.farm().farm().machines());
  }
}
