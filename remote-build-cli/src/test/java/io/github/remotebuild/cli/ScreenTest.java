package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final int COLUMNS = 80;

  private static Frame frame(String... lines) {
    return new Frame(Stream.of(lines).map(Line::of).toList());
  }

  @Test
  void a_frame_takes_the_place_of_the_one_before() {
    TinyTerminal terminal = new TinyTerminal(20);
    Screen screen = new Screen(true, false);

    terminal.print("$ command\n");
    terminal.print(screen.show(List.of(), frame("one", "two", "three"), COLUMNS));
    terminal.print(screen.show(List.of(), frame("uno", "dos"), COLUMNS));

    assertThat(terminal.text()).containsExactly("$ command", "uno", "dos");
  }

  @Test
  void what_stays_goes_above_the_frame_even_if_it_wraps() {
    TinyTerminal terminal = new TinyTerminal(10);
    Screen screen = new Screen(true, false);

    terminal.print(screen.show(List.of(), frame("----", "a  1s"), COLUMNS));
    terminal.print(
        screen.show(List.of(Line.of("a was built on oak")), frame("----", "b  0s"), COLUMNS));

    assertThat(terminal.text()).containsExactly("a was buil", "t on oak", "----", "b  0s");
  }

  @Test
  void a_line_that_is_wider_than_thought_takes_one_row_all_the_same() {
    TinyTerminal terminal = new TinyTerminal(5);
    Screen screen = new Screen(true, false);

    terminal.print(screen.show(List.of(), frame("wider than that", "next"), COLUMNS));
    terminal.print(screen.show(List.of(), frame("a", "b"), COLUMNS));

    assertThat(terminal.text()).containsExactly("a", "b");
  }

  @Test
  void at_the_end_the_frame_is_gone_and_the_terminal_as_it_was() {
    TinyTerminal terminal = new TinyTerminal(20);
    Screen screen = new Screen(true, false);

    terminal.print(screen.show(List.of(), frame("one", "two"), COLUMNS));
    assertThat(terminal.isSane()).isFalse();
    terminal.print(screen.end(List.of(Line.of("last words")), COLUMNS));

    assertThat(terminal.text()).containsExactly("last words");
    assertThat(terminal.isSane()).isTrue();
  }

  @Test
  void a_frame_that_was_broken_anew_goes_as_a_whole() {
    TinyTerminal terminal = new TinyTerminal(10);
    Screen screen = new Screen(true, true);
    terminal.print("$ command\n");
    terminal.print(screen.show(List.of(), frame("---------", "a  1s", "b      2s", ""), 10));
    terminal.becomes(4);

    terminal.print(screen.show(List.of(Line.of("a")), frame("---", "b 2"), 4));
    terminal.print(screen.show(List.of(), frame("---", "b 3"), 4));

    assertThat(terminal.text()).containsExactly("$ co", "mman", "d", "a", "---", "b 3");

    terminal.print(screen.end(List.of(Line.of("b")), 4));

    assertThat(terminal.text()).containsExactly("$ co", "mman", "d", "a", "b");
  }

  @Test
  void what_did_not_fit_when_it_was_shown_is_not_broken_anew() {
    TinyTerminal terminal = new TinyTerminal(5);
    Screen screen = new Screen(true, true);
    terminal.print("$ go\n");
    terminal.print(screen.show(List.of(), frame("wider than that", "next"), 5));
    terminal.becomes(3);

    terminal.print(screen.show(List.of(), frame("a", "b"), 3));

    assertThat(terminal.text()).containsExactly("$ g", "o", "a", "b");
  }

  @Test
  void a_terminal_that_does_not_break_lines_anew_loses_nothing_above() {
    TinyTerminal terminal = new TinyTerminal(10);
    Screen screen = new Screen(true, false);
    terminal.print("$ command\n");
    terminal.print(screen.show(List.of(), frame("---------", "a  1s"), 10));

    terminal.print(screen.show(List.of(), frame("---", "a 2"), 4));

    assertThat(terminal.text()).containsExactly("$ command", "---", "a 2");
  }

  @Test
  void the_same_frame_is_not_sent_twice() {
    Screen screen = new Screen(true, false);
    screen.show(List.of(), frame("one"), COLUMNS);

    assertThat(screen.show(List.of(), frame("one"), COLUMNS)).isEmpty();
  }

  @Test
  void without_colours_there_are_none() {
    Line line = Line.of("failed", Style.BAD);

    assertThat(new Screen(true, false).show(List.of(line), Frame.empty(), COLUMNS))
        .contains("\u001b[31mfailed");
    assertThat(new Screen(false, false).show(List.of(line), Frame.empty(), COLUMNS))
        .contains("failed")
        .doesNotContain("\u001b[31m");
  }
}
