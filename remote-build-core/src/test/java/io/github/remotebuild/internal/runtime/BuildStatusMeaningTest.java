package io.github.remotebuild.internal.runtime;

import static io.github.remotebuild.internal.runtime.FailureTableText.meaning;
import static io.github.remotebuild.internal.runtime.FailureTableText.meaningOf;
import static io.github.remotebuild.internal.runtime.FailureTableText.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.Failure;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.Phase;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import io.github.remotebuild.wire.GreetingException;
import io.github.remotebuild.wire.ServeGreeting;
import io.github.remotebuild.wire.ServeResponses;
import io.github.remotebuild.wire.WireInput;
import io.github.remotebuild.wire.WireLimits;
import io.github.remotebuild.wire.WireOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every status of every version, from the bytes of the answer to what it means. */
class BuildStatusMeaningTest {
  private static final StorePath DRV =
      StorePath.parse("/nix/store/00000000000000000000000000000000-a.drv");
  private static final long SERVER_MAGIC = 0x5452eecbL;

  private interface Writing {
    void write(WireOutput out) throws IOException;
  }

  private static WireInput sent(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WireOutput out = new WireOutput(bytes);
    writing.write(out);
    out.flush();
    return new WireInput(new ByteArrayInputStream(bytes.toByteArray()), "a machine");
  }

  private static ServeGreeting greeting(int version) throws IOException {
    WireInput in =
        sent(
            out -> {
              out.writeLong(SERVER_MAGIC);
              out.writeLong(version);
            });
    return ServeGreeting.exchange(
        in, new WireOutput(new ByteArrayOutputStream()), WireLimits.defaults());
  }

  /** What a machine that speaks this version sends for a build, as we read it. */
  private static BuildResult answer(int serverVersion, long number) throws IOException {
    int version = greeting(serverVersion).version();
    WireInput in =
        sent(
            out -> {
              out.writeLong(number);
              out.writeText("words");
              out.writeLong(1);
              out.writeBool(false);
              out.writeLong(0);
              out.writeLong(0);
              if (version >= 0x206) {
                out.writeLong(0);
              }
            });
    BuildResult result =
        new ServeResponses(in, version, StoreDir.NIX, WireLimits.defaults()).buildResult();
    assertThat(in.readByte()).as("the rest of the answer").isNegative();
    return result;
  }

  private static List<String> rowOf(long number) {
    String text = Long.toUnsignedString(number);
    List<List<String>> rows = rows("A build status");
    return rows.stream()
        .filter(row -> row.get(0).equals(text))
        .findFirst()
        .orElseGet(() -> rows.get(rows.size() - 1));
  }

  @TestFactory
  Stream<DynamicTest> a_build_status_of_each_version() {
    long[] strange = {15, 16, 99, 255, 256, 259, 1L << 32, (1L << 32) + 3, Long.MAX_VALUE};
    return IntStream.of(0x205, 0x206, 0x207, 0x208, 0x2ff)
        .boxed()
        .flatMap(
            version ->
                LongStream.concat(LongStream.rangeClosed(0, 14), LongStream.of(strange))
                    .mapToObj(
                        number ->
                            DynamicTest.dynamicTest(
                                "2." + (version & 0xff) + " says " + Long.toUnsignedString(number),
                                () -> assertCell(version, number))));
  }

  private static void assertCell(int version, long number) throws IOException {
    List<String> row = rowOf(number);

    BuildResult result = answer(version, number);

    assertThat(result.status()).hasToString(row.get(1));
    assertThat(result.isSuccess()).isEqualTo(row.get(2).equals("success"));
    if (!result.isSuccess()) {
      Failure failure = Failures.ofResult(DRV, "m", result, List.of());
      assertThat(meaningOf(failure)).isEqualTo(meaning(row.get(2)));
      assertThat(failure.phase()).isEqualTo(Phase.BUILD);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x101, 0x200, 0x201, 0x202, 0x203, 0x204, 0x300})
  void a_version_that_is_not_spoken_is_refused_before_any_build(int version) {
    GreetingException refusal =
        catchThrowableOfType(GreetingException.class, () -> greeting(version));

    assertThat(refusal.reason()).isEqualTo(GreetingException.Reason.WRONG_VERSION);
  }

  @Test
  void a_negative_status_breaks_the_protocol() {
    assertThatThrownBy(() -> answer(0x207, -1))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("a build status");
  }

  @Test
  void the_table_of_statuses_is_whole() {
    List<List<String>> rows = rows("A build status");

    assertThat(rows)
        .extracting(row -> row.get(1))
        .containsExactlyElementsOf(
            Arrays.stream(BuildStatus.values()).map(Enum::name).collect(Collectors.toList()));
    assertThat(rows.get(rows.size() - 1).get(0)).isEqualTo("any other");
  }

  @Test
  void a_success_has_no_meaning_as_a_failure() {
    assertThatThrownBy(() -> FailureTable.ofStatus(BuildStatus.BUILT))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
