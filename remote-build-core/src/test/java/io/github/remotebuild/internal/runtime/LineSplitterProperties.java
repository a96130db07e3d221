package io.github.remotebuild.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class LineSplitterProperties {
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "b", "\n", "\r\n", "é", "€", "\uD83D\uDE00")
        .list()
        .ofMaxSize(60)
        .map(parts -> String.join("", parts));
  }

  private static List<String> split(String text, int limit, int pieceBytes) {
    List<String> lines = new ArrayList<>();
    LineSplitter splitter = new LineSplitter(limit, lines::add);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; from += pieceBytes) {
      splitter.accept(bytes, from, Math.min(pieceBytes, bytes.length - from));
    }
    splitter.finish();
    return lines;
  }

  @Property(tries = 500)
  void the_lines_of_a_short_text_are_the_lines_of_the_text(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 20) int pieceBytes) {
    assertThat(split(text, 1000, pieceBytes)).isEqualTo(text.lines().toList());
  }

  @Property(tries = 500)
  void the_pieces_joined_are_the_text_without_line_ends(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 4, max = 12) int limit,
      @ForAll @IntRange(min = 1, max = 20) int pieceBytes) {
    assertThat(String.join("", split(text, limit, pieceBytes)))
        .isEqualTo(String.join("", text.lines().toList()));
  }

  @Property(tries = 500)
  void no_piece_passes_the_bound(
      @ForAll("texts") String text, @ForAll @IntRange(min = 4, max = 12) int limit) {
    assertThat(split(text, limit, 7))
        .allSatisfy(
            line ->
                assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(limit));
  }

  @Property(tries = 500)
  void how_the_bytes_arrive_makes_no_difference(
      @ForAll("texts") String text,
      @ForAll @IntRange(min = 1, max = 12) int limit,
      @ForAll @IntRange(min = 1, max = 20) int pieceBytes) {
    assertThat(split(text, limit, pieceBytes)).isEqualTo(split(text, limit, 10_000));
  }
}
