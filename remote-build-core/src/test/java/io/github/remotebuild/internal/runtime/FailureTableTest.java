package io.github.remotebuild.internal.runtime;

import static io.github.remotebuild.internal.runtime.FailureTableText.meaning;
import static io.github.remotebuild.internal.runtime.FailureTableText.meaningOf;
import static io.github.remotebuild.internal.runtime.FailureTableText.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.internal.runtime.FailureTable.Meaning;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What goes wrong with a store process or a connection, and what must hold of every cell. */
class FailureTableTest {
  /** Where something can go wrong on a machine. */
  private static final Set<Phase> PHASES = EnumSet.range(Phase.CONNECT, Phase.DOWNLOAD);

  /** Where a store process can fail. */
  private static final Set<Phase> IN_SESSION = EnumSet.range(Phase.HANDSHAKE, Phase.DOWNLOAD);

  private static StoreException store(StoreProblem problem) {
    return new StoreException(problem, "m", "Could not do it on m", List.of("last words"));
  }

  @TestFactory
  Stream<DynamicTest> a_problem_below_in_each_phase() {
    List<DynamicTest> tests = new ArrayList<>();
    for (List<String> row : rows("A store process or a connection")) {
      String name = row.get(0);
      String constant = name.substring(name.indexOf(' ') + 1);
      boolean isStore = name.startsWith("store ");
      for (Phase phase : isStore ? IN_SESSION : PHASES) {
        String onMachine = row.get(phase.compareTo(Phase.HANDSHAKE) <= 0 ? 1 : 2);
        tests.add(
            DynamicTest.dynamicTest(
                name + " on a machine, " + phase,
                () -> {
                  Failure failure =
                      isStore
                          ? Failures.ofMachine(phase, "m", store(StoreProblem.valueOf(constant)))
                          : Failures.ofMachine(
                              phase,
                              "m",
                              new TransportException(TransportProblem.valueOf(constant), "words"));
                  assertThat(meaningOf(failure)).isEqualTo(meaning(onMachine));
                  assertThat(failure.machine()).contains("m");
                  assertThat(failure.phase()).isEqualTo(phase);
                }));
        tests.add(
            DynamicTest.dynamicTest(
                name + " of the hub, " + phase,
                () -> {
                  Failure failure =
                      isStore
                          ? Failures.ofHub(phase, store(StoreProblem.valueOf(constant)))
                          : Failures.ofHub(
                              phase,
                              "the hub",
                              new TransportException(TransportProblem.valueOf(constant), "words"));
                  assertThat(meaningOf(failure)).isEqualTo(meaning(row.get(3)));
                  assertThat(failure.machine()).isEmpty();
                }));
      }
    }
    return tests.stream();
  }

  @Test
  void the_table_of_problems_is_whole() {
    Set<String> expected = new TreeSet<>();
    Arrays.stream(StoreProblem.values()).forEach(p -> expected.add("store " + p));
    Arrays.stream(TransportProblem.values()).forEach(p -> expected.add("transport " + p));

    assertThat(rows("A store process or a connection"))
        .extracting(row -> row.get(0))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<Meaning> everyMeaning() {
    List<Meaning> all = new ArrayList<>();
    for (BuildStatus status : BuildStatus.values()) {
      if (!status.isSuccess()) {
        all.add(FailureTable.ofStatus(status));
      }
    }
    for (StoreProblem problem : StoreProblem.values()) {
      PHASES.forEach(phase -> all.add(FailureTable.ofMachine(problem, phase)));
      all.add(FailureTable.ofHub(problem));
    }
    for (TransportProblem problem : TransportProblem.values()) {
      all.add(FailureTable.ofMachine(problem));
      all.add(FailureTable.ofHub(problem));
    }
    return all;
  }

  @Test
  void unknown_is_never_permanent() {
    assertThat(everyMeaning())
        .filteredOn(meaning -> meaning.culprit() == Culprit.UNKNOWN)
        .isNotEmpty()
        .noneMatch(meaning -> meaning.retry() == RetryAdvice.NEVER);
  }

  @Test
  void a_machines_failure_moves_the_build() {
    assertThat(everyMeaning())
        .filteredOn(meaning -> meaning.culprit() == Culprit.MACHINE)
        .isNotEmpty()
        .allMatch(meaning -> meaning.retry() == RetryAdvice.OTHER_MACHINE);
  }

  @Test
  void only_a_verdict_blames_the_derivation_and_every_verdict_is_final() {
    assertThat(everyMeaning())
        .filteredOn(Meaning::isVerdict)
        .extracting(Meaning::cause)
        .containsExactlyInAnyOrder(
            FailureCause.BUILD_FAILED,
            FailureCause.OUTPUT_REJECTED,
            FailureCause.TIMED_OUT,
            FailureCause.LOG_LIMIT_EXCEEDED,
            FailureCause.NOT_DETERMINISTIC);
    assertThat(everyMeaning())
        .filteredOn(Meaning::isVerdict)
        .allMatch(meaning -> meaning.retry() == RetryAdvice.NEVER);
  }
}
