package io.github.remotebuild.cli;

import static io.github.remotebuild.cli.Events.at;
import static io.github.remotebuild.cli.Events.building;
import static io.github.remotebuild.cli.Events.built;
import static io.github.remotebuild.cli.Events.failed;
import static io.github.remotebuild.cli.Events.fetching;
import static io.github.remotebuild.cli.Events.lost;
import static io.github.remotebuild.cli.Events.planned;
import static io.github.remotebuild.cli.Events.resting;
import static io.github.remotebuild.cli.Events.says;
import static io.github.remotebuild.cli.Events.sending;
import static io.github.remotebuild.cli.Events.tried;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.remotebuild.BuildEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameRendererTest {
  private static final FrameRenderer RENDERER =
      new FrameRenderer(Glyphs.UNICODE, MachineLabels.of(Events.farm()));

  private static ViewState after(BuildEvent... events) {
    ViewState state = ViewState.of(Events.farm(), Events.START);
    for (BuildEvent event : events) {
      state = state.after(event, at(1));
    }
    return state;
  }

  private static String render(ViewState state, Instant now, int columns) {
    return RENDERER.render(state, now, new TerminalSize(columns, 24)).text();
  }

  @Test
  void a_frame_has_a_line_for_each_build_and_for_machines_and_counts() {
    ViewState state =
        after(
            planned(5),
            tried("hello", "oak", 1),
            sending("hello", "oak", 3, 2_000_000),
            building("hello", "oak"),
            says("hello", "oak", "cc -c hello.c"),
            tried("zlib", "elm", 1),
            sending("zlib", "elm", 1, 512));

    assertThat(render(state, at(5.25), 80))
        .isEqualTo(
            String.join(
                "\n",
                "─".repeat(79),
                " hello  oak  building     4.2s  cc -c hello.c",
                " zlib   elm  sending      4.2s  1 path, 512 B",
                " oak ■□   elm ■   ",
                " ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 0/5 built · 2 running · 3 waiting        ↑ 1.9 MiB ↓ 0 B  5.2s"));
  }

  @Test
  void a_build_that_is_fetched_holds_no_slot() {
    ViewState state =
        after(planned(1), tried("a", "oak", 1), building("a", "oak"), fetching("a", "oak", 1, 9));

    assertThat(render(state, at(2), 80))
        .contains(" a  oak  fetching     1.0s  1 path, 9 B")
        .contains("oak □□ ");
  }

  @Test
  void a_log_line_that_comes_after_the_build_changes_nothing() {
    ViewState fetching =
        after(planned(1), tried("a", "oak", 1), building("a", "oak"), fetching("a", "oak", 1, 9));

    assertThat(fetching.after(says("a", "oak", "last words"), at(2))).isEqualTo(fetching);
  }

  @Test
  void a_lost_attempt_is_counted_and_the_next_one_says_its_number() {
    ViewState state =
        after(
            planned(2),
            tried("a", "oak", 1),
            lost("a", "oak"),
            resting("oak", at(9)),
            tried("a", "elm", 2));

    assertThat(render(state, at(2), 80))
        .contains(" a  elm  connecting   1.0s  attempt 2")
        .contains("oak resting 7.0s")
        .contains("1 running · 1 waiting · 1 retried")
        .doesNotContain("failed");
  }

  @Test
  void a_machine_that_has_rested_is_shown_as_free_again() {
    assertThat(render(after(resting("oak", at(3))), at(4), 80)).contains("oak □□");
  }

  @Test
  void built_and_failed_are_counted() {
    ViewState state =
        after(
            planned(4),
            tried("a", "oak", 1),
            built("a", "oak"),
            tried("b", "elm", 1),
            lost("b", "elm"),
            failed("b", "elm"));

    assertThat(render(state, at(2), 80))
        .contains("━━━╌╌╌╌╌╌╌╌╌╌╌╌ 1/4 built · 0 running · 2 waiting · 1 failed")
        .doesNotContain("retried");
  }

  @Test
  void when_nothing_runs_the_last_wait_is_shown() {
    BuildEvent waiting =
        new BuildEvent.Waiting(
            List.of(Events.drv("a")), 1, "no machine takes it now\n  oak: is resting");

    assertThat(render(after(planned(1), waiting), at(2), 80))
        .contains(" a waits: no machine takes it now\n");
    assertThat(render(after(planned(1), waiting, tried("a", "oak", 1)), at(2), 80))
        .doesNotContain("waits");
  }

  @Test
  void no_line_is_as_wide_as_the_terminal() {
    String name = "a-name-that-goes-on-and-on-".repeat(4) + "x";
    ViewState state =
        after(
            planned(1000),
            tried(name, "oak", 3),
            building(name, "oak"),
            says(name, "oak", "日本語 ".repeat(60)),
            tried("zlib", "elm", 1));

    for (int columns = 1; columns <= 200; columns++) {
      Frame frame = RENDERER.render(state, at(90), new TerminalSize(columns, 24));
      int bound = Math.max(2, columns);
      assertThat(frame.lines())
          .as(columns + " columns")
          .allSatisfy(line -> assertThat(line.width()).isLessThan(bound));
    }
  }

  @Test
  void a_frame_is_lower_than_the_terminal() {
    ViewState state = after(planned(50));
    for (int i = 0; i < 50; i++) {
      state = state.after(tried("drv" + i, "oak", 1), at(1));
    }

    Frame frame = RENDERER.render(state, at(2), new TerminalSize(80, 10));

    assertThat(frame.lines()).hasSize(9);
    assertThat(frame.text()).contains(" drv4 ").contains(" and 45 more").doesNotContain("drv5 ");
  }

  @Test
  void machines_that_do_not_fit_are_counted_together() {
    ViewState state = after(planned(1), tried("a", "oak", 1), resting("elm", at(9)));

    assertThat(render(state, at(2), 20).split("\n")[2]).isEqualTo(" 2 machines, 1 of …");
  }

  @Test
  void nothing_is_drawn_beyond_ascii_where_the_terminal_cannot_show_it() {
    FrameRenderer ascii = new FrameRenderer(Glyphs.ASCII, name -> name);
    ViewState state = after(planned(3), tried("a", "oak", 1), built("b", "elm"));

    String text = ascii.render(state, at(2), TerminalSize.USUAL).text();

    assertThat(text.chars()).allMatch(c -> c < 127);
  }
}
