package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static Frame frame(String... lines) {
    return new Frame(Stream.of(lines).map(Line::of).toList());
  }

  @Test
  void a_frame_takes_the_place_of_the_one_before() {
    TinyTerminal terminal = new TinyTerminal(20);
    Screen screen = new Screen(true);

    terminal.print("$ command\n");
    terminal.print(screen.show(List.of(), frame("one", "two", "three")));
    terminal.print(screen.show(List.of(), frame("uno", "dos")));

    assertThat(terminal.text()).containsExactly("$ command", "uno", "dos");
  }

  @Test
  void what_stays_goes_above_the_frame_even_if_it_wraps() {
    TinyTerminal terminal = new TinyTerminal(10);
    Screen screen = new Screen(true);

    terminal.print(screen.show(List.of(), frame("----", "a  1s")));
    terminal.print(screen.show(List.of(Line.of("a was built on oak")), frame("----", "b  0s")));

    assertThat(terminal.text()).containsExactly("a was buil", "t on oak", "----", "b  0s");
  }

  @Test
  void a_line_that_is_wider_than_thought_takes_one_row_all_the_same() {
    TinyTerminal terminal = new TinyTerminal(5);
    Screen screen = new Screen(true);

    terminal.print(screen.show(List.of(), frame("wider than that", "next")));
    terminal.print(screen.show(List.of(), frame("a", "b")));

    assertThat(terminal.text()).containsExactly("a", "b");
  }

  @Test
  void at_the_end_the_frame_is_gone_and_the_terminal_as_it_was() {
    TinyTerminal terminal = new TinyTerminal(20);
    Screen screen = new Screen(true);

    terminal.print(screen.show(List.of(), frame("one", "two")));
    assertThat(terminal.isSane()).isFalse();
    terminal.print(screen.end(List.of(Line.of("last words"))));

    assertThat(terminal.text()).containsExactly("last words");
    assertThat(terminal.isSane()).isTrue();
  }

  @Test
  void the_same_frame_is_not_sent_twice() {
    Screen screen = new Screen(true);
    screen.show(List.of(), frame("one"));

    assertThat(screen.show(List.of(), frame("one"))).isEmpty();
  }

  @Test
  void without_colours_there_are_none() {
    Line line = Line.of("failed", Style.BAD);

    assertThat(new Screen(true).show(List.of(line), Frame.empty())).contains("\u001b[31mfailed");
    assertThat(new Screen(false).show(List.of(line), Frame.empty()))
        .contains("failed")
        .doesNotContain("\u001b[31m");
  }
}
