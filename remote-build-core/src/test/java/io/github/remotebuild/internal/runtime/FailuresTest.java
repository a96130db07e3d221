package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Culprit;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FailureCause;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.RetryAdvice;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.store.StoreException;
import io.github.remotebuild.store.StoreProblem;
import io.github.remotebuild.transport.TransportException;
import io.github.remotebuild.transport.TransportProblem;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table from what goes wrong to what it means, with a row for every constant there is. */
class FailuresTest {
  private record Row(FailureCause cause, Culprit culprit, RetryAdvice retry) {}

  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");

  private static final Map<TransportProblem, FailureCause> OF_TRANSPORT =
      new EnumMap<>(TransportProblem.class);
  private static final Map<StoreProblem, Row> OF_STORE = new EnumMap<>(StoreProblem.class);
  private static final Map<StoreProblem, RetryAdvice> OF_HUB = new EnumMap<>(StoreProblem.class);
  private static final Map<BuildStatus, Row> OF_BUILD = new EnumMap<>(BuildStatus.class);

  static {
    OF_TRANSPORT.put(TransportProblem.UNREACHABLE, FailureCause.UNREACHABLE);
    OF_TRANSPORT.put(TransportProblem.TIMED_OUT, FailureCause.TIMED_OUT);
    OF_TRANSPORT.put(TransportProblem.HOST_KEY_UNKNOWN, FailureCause.HOST_KEY_REFUSED);
    OF_TRANSPORT.put(TransportProblem.HOST_KEY_CHANGED, FailureCause.HOST_KEY_REFUSED);
    OF_TRANSPORT.put(TransportProblem.LOGIN_REJECTED, FailureCause.LOGIN_REJECTED);
    OF_TRANSPORT.put(TransportProblem.IDENTITY_UNUSABLE, FailureCause.LOGIN_REJECTED);
    OF_TRANSPORT.put(TransportProblem.NOT_COMPATIBLE, FailureCause.PROTOCOL);
    OF_TRANSPORT.put(TransportProblem.PROCESS_REFUSED, FailureCause.LOST);
    OF_TRANSPORT.put(TransportProblem.LOST, FailureCause.LOST);
    OF_TRANSPORT.put(TransportProblem.MISCONFIGURED, FailureCause.UNSUPPORTED);

    store(StoreProblem.PROGRAM_MISSING, FailureCause.PROGRAM_MISSING, RetryAdvice.NEVER);
    store(StoreProblem.NOT_A_STORE, FailureCause.PROTOCOL, RetryAdvice.NEVER);
    store(StoreProblem.WRONG_VERSION, FailureCause.PROTOCOL, RetryAdvice.NEVER);
    store(StoreProblem.PROTOCOL, FailureCause.PROTOCOL, RetryAdvice.NEVER);
    store(StoreProblem.TOO_LARGE, FailureCause.PROTOCOL, RetryAdvice.NEVER);
    store(StoreProblem.HASH_MISMATCH, FailureCause.HASH_MISMATCH, RetryAdvice.NEVER);
    store(StoreProblem.ENDED, FailureCause.LOST, RetryAdvice.SAME_MACHINE);
    store(StoreProblem.TRANSPORT, FailureCause.LOST, RetryAdvice.SAME_MACHINE);
    store(StoreProblem.ABORTED, FailureCause.LOST, RetryAdvice.NEVER);
    store(StoreProblem.UNUSABLE, FailureCause.LOST, RetryAdvice.NEVER);
    // What a store process says for itself may be about the derivation as well.
    OF_STORE.put(
        StoreProblem.REJECTED,
        new Row(FailureCause.OTHER, Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE));
    OF_HUB.put(StoreProblem.REJECTED, RetryAdvice.NEVER);

    Row other = new Row(FailureCause.OTHER, Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE);
    OF_BUILD.put(BuildStatus.BUILT, other);
    OF_BUILD.put(BuildStatus.SUBSTITUTED, other);
    OF_BUILD.put(BuildStatus.ALREADY_VALID, other);
    OF_BUILD.put(BuildStatus.RESOLVES_TO_ALREADY_VALID, other);
    OF_BUILD.put(BuildStatus.MISC_FAILURE, other);
    OF_BUILD.put(BuildStatus.UNKNOWN, other);
    derivation(BuildStatus.PERMANENT_FAILURE, FailureCause.BUILD_FAILED);
    derivation(BuildStatus.CACHED_FAILURE, FailureCause.BUILD_FAILED);
    derivation(BuildStatus.OUTPUT_REJECTED, FailureCause.OUTPUT_REJECTED);
    derivation(BuildStatus.TIMED_OUT, FailureCause.TIMED_OUT);
    derivation(BuildStatus.LOG_LIMIT_EXCEEDED, FailureCause.LOG_LIMIT_EXCEEDED);
    derivation(BuildStatus.NOT_DETERMINISTIC, FailureCause.NOT_DETERMINISTIC);
    elsewhere(BuildStatus.INPUT_REJECTED, FailureCause.INPUT_REJECTED);
    elsewhere(BuildStatus.TRANSIENT_FAILURE, FailureCause.TRANSIENT);
    elsewhere(BuildStatus.DEPENDENCY_FAILED, FailureCause.INPUT_MISSING);
    elsewhere(BuildStatus.NO_SUBSTITUTERS, FailureCause.INPUT_MISSING);
  }

  private static void store(StoreProblem problem, FailureCause cause, RetryAdvice ofHub) {
    OF_STORE.put(problem, new Row(cause, Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
    OF_HUB.put(problem, ofHub);
  }

  private static void derivation(BuildStatus status, FailureCause cause) {
    OF_BUILD.put(status, new Row(cause, Culprit.DERIVATION, RetryAdvice.NEVER));
  }

  private static void elsewhere(BuildStatus status, FailureCause cause) {
    OF_BUILD.put(status, new Row(cause, Culprit.UNKNOWN, RetryAdvice.OTHER_MACHINE));
  }

  private static Row row(Failure failure) {
    return new Row(failure.cause(), failure.culprit(), failure.retry());
  }

  private static StoreException storeException(StoreProblem problem) {
    return new StoreException(problem, "m", "Could not do it on m", List.of("last words"));
  }

  private static BuildResult result(BuildStatus status, String message) {
    return new BuildResult(
        status,
        status.number(),
        message,
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>());
  }

  @ParameterizedTest
  @EnumSource
  void a_transport_problem_is_the_machines(TransportProblem problem) {
    Failure failure =
        Failures.ofMachine(Phase.CONNECT, "m", new TransportException(problem, "words"));
    assertThat(row(failure))
        .isEqualTo(new Row(OF_TRANSPORT.get(problem), Culprit.MACHINE, RetryAdvice.OTHER_MACHINE));
    assertThat(failure.message()).isEqualTo("words");
    assertThat(failure.machine()).contains("m");
  }

  @ParameterizedTest
  @EnumSource
  void a_store_problem_on_a_machine(StoreProblem problem) {
    Failure failure = Failures.ofMachine(Phase.QUERY, "m", storeException(problem));
    assertThat(row(failure)).isEqualTo(OF_STORE.get(problem));
    assertThat(failure.evidence()).containsExactly("last words");
  }

  @ParameterizedTest
  @EnumSource
  void a_store_problem_on_the_hub(StoreProblem problem) {
    Failure failure = Failures.ofHub(Phase.DOWNLOAD, storeException(problem));
    assertThat(row(failure))
        .isEqualTo(new Row(FailureCause.HUB_FAILED, Culprit.HUB, OF_HUB.get(problem)));
    assertThat(failure.machine()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_build_status(BuildStatus status) {
    assertThat(row(Failures.ofResult(DRV, "m", result(status, ""))))
        .isEqualTo(OF_BUILD.get(status));
  }

  @Test
  void a_store_program_that_refuses_before_it_greets_is_the_machines_problem() {
    Failure failure =
        Failures.ofMachine(Phase.HANDSHAKE, "m", storeException(StoreProblem.REJECTED));
    assertThat(failure.culprit()).isEqualTo(Culprit.MACHINE);
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
                    + "       For full logs, run 'nix log a.drv'."));
    assertThat(failure.message())
        .isEqualTo("Could not build " + DRV + " on m: builder for 'a.drv' failed with exit code 1");
    assertThat(failure.evidence()).containsExactly("last 2 log lines:", "> one");
  }

  @Test
  void an_exception_without_a_message_is_named() {
    assertThat(Failures.defect(Phase.BUILD, "m", new StackOverflowError()).message())
        .contains("StackOverflowError");
  }
}
