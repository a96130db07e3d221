package io.github.remotebuild.internal.runtime;

import static io.github.remotebuild.internal.runtime.FailureTableText.meaning;
import static io.github.remotebuild.internal.runtime.FailureTableText.meaningOf;
import static io.github.remotebuild.internal.runtime.FailureTableText.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.internal.runtime.FailureTable.Meaning;
import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Closure;
import io.github.remotebuild.model.ClosureException;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Hash;
import io.github.remotebuild.model.HashAlgorithm;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What we say ourselves, and how failures are put into words. */
class FailuresTest {
  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");
  private static final StorePath OTHER =
      StorePath.parse("/nix/store/00000000000000000000000000000000-b");

  private static StoreException storeException(StoreProblem problem, String message) {
    return new StoreException(problem, "m", message, List.of("last words"));
  }

  static BuildResult result(BuildStatus status, long number, String message) {
    return new BuildResult(
        status, number, message, 0, false, Optional.empty(), Optional.empty(), new TreeMap<>());
  }

  static BuildResult result(BuildStatus status, String message) {
    return result(status, status.number(), message);
  }

  private static ClosureException circle() {
    return catchThrowableOfType(
        ClosureException.class,
        () -> Closure.referencesFirst(List.of(info(DRV, OTHER), info(OTHER, DRV))));
  }

  private static PathInfo info(StorePath path, StorePath reference) {
    return new PathInfo(
        path,
        Hash.of(HashAlgorithm.SHA256, new byte[32]),
        120,
        new TreeSet<>(List.of(reference)),
        Optional.empty(),
        new TreeSet<>(),
        Optional.empty());
  }

  private static Map<String, Failure> ofOurs() {
    Map<String, Failure> all = new LinkedHashMap<>();
    Duration limit = Duration.ofSeconds(1);
    IllegalStateException defect = new IllegalStateException("bug");
    all.put(
        "a phase on a machine made no progress",
        Failures.timedOut(Phase.UPLOAD, "m", limit, List.of()));
    all.put("the hub did not answer", Failures.hubTimedOut(Phase.QUERY, "hub", "go on", limit));
    all.put("planning took too long", Failures.planTimedOut(limit, List.of()));
    all.put(
        "the build passed a limit and the machine did not stop it",
        Failures.buildTimedOut(DRV, "m", "ran", limit));
    all.put(
        "the machine says it has built, and has not", Failures.outputNotThere(DRV, "m", List.of()));
    all.put(
        "what a machine says of outputs goes in a circle",
        Failures.ofCircle(Phase.DOWNLOAD, "m", circle()));
    all.put(
        "what the hub says of inputs goes in a circle",
        Failures.ofCircle(Phase.UPLOAD, "m", circle()));
    all.put("somebody interrupted our thread", Failures.interrupted(Phase.BUILD, "m"));
    all.put("there was no thread", Failures.noThread("m", defect));
    all.put("a defect of ours in an attempt", Failures.defect(Phase.BUILD, "m", defect));
    all.put("a defect of ours in the dispatcher", Failures.dispatcherDefect(defect));
    all.put("we stopped the attempt", Failures.stopped(Phase.BUILD, "m", "enough"));
    all.put("everything is being closed", Failures.closing(Phase.QUERY).failure());
    return all;
  }

  @TestFactory
  Stream<DynamicTest> what_we_say_ourselves() {
    Map<String, Failure> all = ofOurs();
    assertThat(rows("What we say ourselves"))
        .extracting(row -> row.get(0))
        .containsExactlyElementsOf(all.keySet());
    return rows("What we say ourselves").stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get(0),
                    () ->
                        assertThat(meaningOf(all.get(row.get(0)))).isEqualTo(meaning(row.get(1)))));
  }

  @Test
  void the_words_and_the_evidence_of_a_machine_are_kept() {
    Failure lost =
        Failures.ofMachine(
            Phase.CONNECT, "m", new TransportException(TransportProblem.LOST, "words"));
    Failure refused =
        Failures.ofMachine(Phase.QUERY, "m", storeException(StoreProblem.REJECTED, "refused"));

    assertThat(lost.message()).isEqualTo("words");
    assertThat(refused.message()).isEqualTo("refused");
    assertThat(refused.evidence()).containsExactly("last words");
  }

  @Test
  void the_transport_knows_better_than_the_session_why_it_broke() {
    StoreException e =
        new StoreException(
            StoreProblem.TRANSPORT,
            "m",
            "words",
            List.of(),
            new TransportException(TransportProblem.TIMED_OUT, "no sign of life"));
    assertThat(Failures.ofMachine(Phase.BUILD, "m", e).cause()).isEqualTo(FailureCause.TIMED_OUT);
  }

  @Test
  void a_store_process_that_refuses_because_its_disk_is_full_is_told_as_such() {
    Failure failure =
        Failures.ofMachine(
            Phase.UPLOAD,
            "m",
            storeException(
                StoreProblem.REJECTED,
                "Could not add a path on m: the store process ended with status 1: error: writing"
                    + " to file: No space left on device"));
    assertThat(meaningOf(failure)).isEqualTo(Meaning.unclear(FailureCause.RESOURCES_EXHAUSTED));
  }

  @Test
  void the_message_of_a_failed_build_is_its_first_line_and_the_rest_is_evidence() {
    Failure failure =
        Failures.ofResult(
            DRV,
            "m",
            result(
                BuildStatus.PERMANENT_FAILURE,
                "\u001b[31;1merror:\u001b[0m builder for 'a.drv' failed with exit code 1;\n"
                    + "       last 2 log lines:\n"
                    + "       > one\n"
                    + "       For full logs, run 'nix log a.drv'."),
            List.of());
    assertThat(failure.message())
        .isEqualTo("Could not build " + DRV + " on m: builder for 'a.drv' failed with exit code 1");
    assertThat(failure.evidence()).containsExactly("last 2 log lines:", "> one");
  }

  @Test
  void an_answer_without_words_is_told_by_its_status() {
    Failure known =
        Failures.ofResult(DRV, "m", result(BuildStatus.MISC_FAILURE, ""), List.of("a log line"));
    Failure unknown =
        Failures.ofResult(DRV, "m", result(BuildStatus.UNKNOWN, 77, " \n"), List.of());

    assertThat(known.message()).endsWith("on m: it said MISC_FAILURE and nothing else");
    assertThat(known.evidence()).isEmpty();
    assertThat(unknown.message())
        .endsWith("on m: it said status 77, which is unknown, and nothing else");
  }

  @Test
  void an_exception_without_a_message_is_named() {
    assertThat(Failures.defect(Phase.BUILD, "m", new StackOverflowError()).message())
        .contains("StackOverflowError");
  }
}
