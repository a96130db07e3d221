package io.github.remotebuild.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.transport.StderrSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StderrTailTest {
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  private final StderrTail tail = new StderrTail(passed::write);

  private void write(String text) {
    byte[] bytes = ("??" + text).getBytes(StandardCharsets.UTF_8);
    tail.accept(bytes, 2, bytes.length - 2);
  }

  @Test
  void everything_is_passed_on_unchanged() {
    write("\u001b[1ma\r");
    write("b\n\n");

    assertThat(passed.toString(StandardCharsets.UTF_8)).isEqualTo("\u001b[1ma\rb\n\n");
  }

  @Test
  void the_end_is_passed_on() {
    boolean[] isEnded = new boolean[1];
    StderrSink sink =
        new StderrSink() {
          @Override
          public void accept(byte[] buffer, int offset, int length) {}

          @Override
          public void end() {
            isEnded[0] = true;
          }
        };

    new StderrTail(sink).end();

    assertThat(isEnded[0]).isTrue();
  }

  @Test
  void lines_are_plain_and_none_is_empty() {
    write("\u001b[31;1merr");
    write("or:\u001b[0m x  \r\n\n  more\nunfinished");

    assertThat(tail.lines()).containsExactly("error: x", "  more", "unfinished");
  }

  @Test
  void the_last_40_lines_are_kept() {
    for (int i = 0; i < 100; i++) {
      write("line " + i + "\n");
    }

    assertThat(tail.lines()).hasSize(40).startsWith("line 60").endsWith("line 99");
  }

  @Test
  void the_last_8_kib_are_kept_without_half_a_line_at_the_beginning() {
    for (int i = 0; i < 50; i++) {
      write("x".repeat(999) + i % 10 + "\n");
    }

    assertThat(tail.lines()).hasSize(8).allMatch(line -> line.length() == 1000);
  }

  @Test
  void one_piece_larger_than_everything_kept_is_cut() {
    write("first\n" + "y".repeat(20_000));

    assertThat(tail.lines()).containsExactly("y".repeat(8192));
  }

  @Test
  void pieces_of_any_size_give_the_same_lines() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      all.append("line ").append(i).append('\n');
    }
    write(all.toString());
    StderrTail inPieces = new StderrTail(StderrSink.discarding());
    byte[] bytes = all.toString().getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += 977) {
      inPieces.accept(bytes, at, Math.min(977, bytes.length - at));
    }

    assertThat(inPieces.lines()).isEqualTo(tail.lines());
  }
}
