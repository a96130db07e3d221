package io.github.remotebuild.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.remotebuild.model.BuildResult;
import io.github.remotebuild.model.BuildStatus;
import io.github.remotebuild.model.FormatException;
import io.github.remotebuild.model.PathInfo;
import io.github.remotebuild.model.StoreDir;
import io.github.remotebuild.model.StorePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServeResponsesTest {
  private static final StorePath A = StorePath.of(StoreDir.NIX, new byte[20], "a");
  private static final StorePath B = StorePath.of(StoreDir.NIX, new byte[20], "b");
  private static final String HASH = "sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73";
  private static final String ID = "sha256:" + "ab".repeat(32) + "!out";

  private interface Writing {
    void write(WireOutput out) throws IOException;
  }

  private static ServeResponses answer(int version, Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WireOutput out = new WireOutput(bytes);
    writing.write(out);
    out.flush();
    WireInput in = new WireInput(new ByteArrayInputStream(bytes.toByteArray()), "the answer");
    return new ServeResponses(in, version, StoreDir.NIX, WireLimits.defaults());
  }

  private static ServeResponses answer(Writing writing) throws IOException {
    return answer(0x207, writing);
  }

  private static void writeInfo(WireOutput out, StorePath path, String hash, long size)
      throws IOException {
    out.writeText(path.toString());
    out.writeText("");
    out.writeStorePaths(List.of(A));
    out.writeLong(size);
    out.writeLong(size);
    out.writeText(hash);
    out.writeText("");
    out.writeLong(0);
  }

  @Test
  void a_valid_path_that_was_not_asked_for_is_refused() throws IOException {
    ServeResponses answer = answer(out -> out.writeStorePaths(List.of(B)));

    assertThatThrownBy(() -> answer.validPaths(List.of(A)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("only paths that were asked for");
  }

  @Test
  void more_valid_paths_than_were_asked_for_are_refused() throws IOException {
    ServeResponses answer = answer(out -> out.writeStorePaths(List.of(A, B)));

    assertThatThrownBy(() -> answer.validPaths(List.of(A)))
        .hasMessageContaining("expected at most 1, found 2");
  }

  @Test
  void path_infos_may_have_gaps_and_any_order() throws IOException {
    ServeResponses answer =
        answer(
            out -> {
              writeInfo(out, B, HASH, 120);
              out.writeText("");
            });

    PathInfo info = answer.pathInfos(List.of(A, B)).get(B);

    assertThat(info.narSizeBytes()).isEqualTo(120);
    assertThat(info.narHash()).hasToString(HASH);
    assertThat(info.references()).containsExactly(A);
    assertThat(info.deriver()).isEmpty();
    assertThat(info.contentAddress()).isEmpty();
  }

  @Test
  void a_path_info_that_comes_twice_is_refused() throws IOException {
    ServeResponses answer =
        answer(
            out -> {
              writeInfo(out, B, HASH, 120);
              writeInfo(out, B, HASH, 120);
            });

    assertThatThrownBy(() -> answer.pathInfos(List.of(A, B)))
        .hasMessageContaining("expected each path that was asked for at most once, found " + B);
  }

  @Test
  void a_path_info_without_hash_or_size_is_refused() throws IOException {
    ServeResponses hashless = answer(out -> writeInfo(out, A, "", 120));
    ServeResponses sizeless = answer(out -> writeInfo(out, A, HASH, 0));
    ServeResponses otherHash = answer(out -> writeInfo(out, A, "sha1:" + "0".repeat(32), 120));

    assertThatThrownBy(() -> hashless.pathInfos(List.of(A)))
        .hasMessageContaining("(the NAR hash of " + A + "): expected a NAR hash, found nothing");
    assertThatThrownBy(() -> sizeless.pathInfos(List.of(A)))
        .hasMessageContaining("(the NAR size of " + A + ")");
    assertThatThrownBy(() -> otherHash.pathInfos(List.of(A)))
        .hasMessageContaining("expected a NAR hash, found 'sha1:");
  }

  private static void writeResult(WireOutput out, long status, String message) throws IOException {
    out.writeLong(status);
    out.writeText(message);
    out.writeLong(1);
    out.writeBool(false);
    out.writeLong(1_700_000_000);
    out.writeLong(0);
  }

  @Test
  void a_result_without_outputs_comes_from_servers_below_2_6() throws IOException {
    BuildResult result = answer(0x205, out -> writeResult(out, 0, "")).buildResult();

    assertThat(result.status()).isEqualTo(BuildStatus.BUILT);
    assertThat(result.builtOutputs()).isEmpty();
    assertThat(result.startTime()).contains(Instant.ofEpochSecond(1_700_000_000));
    assertThat(result.stopTime()).isEmpty();
    assertThat(result.timesBuilt()).isEqualTo(1);
  }

  @Test
  void the_outputs_of_a_result_are_read() throws IOException {
    BuildResult result =
        answer(
                out -> {
                  writeResult(out, 13, "");
                  out.writeLong(1);
                  out.writeText(ID);
                  out.writeText("{\"id\":\"" + ID + "\",\"outPath\":\"" + A.baseName() + "\"}");
                })
            .buildResult();

    assertThat(result.status()).isEqualTo(BuildStatus.RESOLVES_TO_ALREADY_VALID);
    assertThat(result.builtOutputs().get("out").path()).isEqualTo(A);
    assertThat(result.builtOutputs().get("out").id()).isEqualTo(ID);
  }

  @Test
  void a_bad_realisation_tells_where_it_stands() throws IOException {
    ServeResponses answer =
        answer(
            out -> {
              writeResult(out, 0, "");
              out.writeLong(1);
              out.writeText(ID);
              out.writeText("[]");
            });

    assertThatThrownBy(answer::buildResult)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("(a realisation at byte ")
        .hasMessageContaining("expected START_OBJECT");
  }

  @Test
  void an_unknown_status_keeps_its_number() throws IOException {
    BuildResult result = answer(0x205, out -> writeResult(out, 15, "what?")).buildResult();

    assertThat(result.status()).isEqualTo(BuildStatus.UNKNOWN);
    assertThat(result.statusNumber()).isEqualTo(15);
    assertThat(result.isSuccess()).isFalse();
  }

  @Test
  void a_time_beyond_all_times_is_refused() throws IOException {
    ServeResponses answer =
        answer(
            out -> {
              out.writeLong(0);
              out.writeText("");
              out.writeLong(1);
              out.writeBool(false);
              out.writeLong(Long.MAX_VALUE);
            });

    assertThatThrownBy(answer::buildResult)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("(the start of a build): expected a time");
  }

  @Test
  void a_confirmation_is_a_1() throws IOException {
    answer(out -> out.writeLong(1)).added();
    ServeResponses other = answer(out -> out.writeLong(0));

    assertThatThrownBy(other::added).hasMessageContaining("expected 1, found 0");
  }
}
