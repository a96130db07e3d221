package io.github.remotebuild.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildOutcome;
import io.github.remotebuild.testkit.Eventually;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private final StringWriter sent = new StringWriter();

  private LiveView open() {
    LiveTerminal terminal =
        new LiveTerminal(
            new PrintWriter(sent),
            () -> TerminalSize.USUAL,
            true,
            Clock.systemUTC(),
            Glyphs.UNICODE,
            false);
    return LiveView.open(
        terminal, Events.farm(), name -> name, new Milestones(Glyphs.UNICODE, name -> name));
  }

  private TinyTerminal shown() {
    TinyTerminal terminal = new TinyTerminal(80);
    terminal.print(sent.toString());
    return terminal;
  }

  @Test
  void what_runs_is_shown_below_and_what_is_over_above() {
    try (LiveView view = open()) {
      view.on(Events.planned(2));
      view.on(Events.tried("zlib", "oak", 1));
      view.on(Events.built("zlib", "oak"));
      view.on(Events.tried("hello", "elm", 1));

      Eventually.within(
          Duration.ofSeconds(20),
          sent::toString,
          text -> assertThat(text).contains("hello  nix@elm  connecting"));

      assertThat(shown().text().get(0)).isEqualTo("✓    4.2s  zlib on nix@oak");
      assertThat(shown().text()).hasSize(5);
    }
  }

  @Test
  void a_closed_view_leaves_a_sane_terminal_no_thread_and_no_frame() {
    LiveView view = open();
    view.on(Events.planned(1));
    view.on(Events.tried("zlib", "oak", 1));
    view.on(Events.built("zlib", "oak"));

    view.conclude(new BuildOutcome.Built(new TreeMap<>()));
    view.close();

    assertThat(shown().isSane()).isTrue();
    assertThat(shown().text())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("✓    4.2s  zlib on nix@oak"),
            line -> assertThat(line).startsWith("built 1 derivation in 0."));
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("remote-build-view"));
  }

  @Test
  void what_goes_wrong_on_the_way_is_told_when_another_attempt_follows() {
    LiveView view = open();
    view.on(Events.planned(1));
    view.on(Events.tried("zlib", "oak", 1));
    view.on(Events.lost("zlib", "oak"));
    view.on(Events.tried("zlib", "elm", 2));

    view.close();

    assertThat(shown().text())
        .containsExactly(
            "↻          Could not build on nix@oak: the connection was lost",
            "           zlib goes to nix@elm (attempt 2)");
  }
}
