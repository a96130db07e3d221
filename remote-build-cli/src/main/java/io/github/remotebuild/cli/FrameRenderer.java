package io.github.remotebuild.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Draws a state: a line for each build that runs, one for the machines, one for the counts.
 *
 * <p>A pure function of what it is given. No line is as wide as the terminal, so that none wraps.
 *
 * @param glyphs what to draw with
 * @param label what to call a machine, by its name
 */
record FrameRenderer(Glyphs glyphs, UnaryOperator<String> label) {
  /** Lines besides those of builds. */
  private static final int FIXED_LINES = 3;

  private static final int STEP_COLUMNS = 10;
  private static final int ELAPSED_COLUMNS = 6;

  /** The block at {@code now} on a terminal of this size. */
  Frame render(ViewState state, Instant now, TerminalSize size) {
    int columns = Math.max(1, size.columns() - 1);
    List<Line> lines = new ArrayList<>();
    lines.add(Line.of(glyphs.rule.repeat(columns), Style.DIM));
    addBuilds(lines, state, now, columns, Math.max(1, size.rows() - 1 - FIXED_LINES));
    lines.add(machines(state, now, columns));
    lines.add(counts(state, now, columns));
    return new Frame(lines.stream().map(line -> line.cut(columns, glyphs.cut)).toList());
  }

  private void addBuilds(List<Line> lines, ViewState state, Instant now, int columns, int room) {
    List<RunningBuild> running = state.running();
    if (running.isEmpty()) {
      state
          .waiting()
          .map(wait -> wait.last().get(0).derivationName() + " waits: " + wait.reason())
          .ifPresent(text -> lines.add(Line.of(" " + text, Style.DIM)));
      return;
    }
    int shown = running.size() <= room ? running.size() : room - 1;
    List<RunningBuild> visible = running.subList(0, shown);
    int nameColumns = widest(visible.stream().map(RunningBuild::name).toList(), columns / 4);
    int machineColumns =
        widest(visible.stream().map(b -> label.apply(b.machine())).toList(), columns / 5);
    for (RunningBuild build : visible) {
      lines.add(build(build, now, nameColumns, machineColumns));
    }
    if (shown < running.size()) {
      lines.add(Line.of(" and " + (running.size() - shown) + " more", Style.DIM));
    }
  }

  private static int widest(List<String> texts, int atMost) {
    return Math.min(atMost, texts.stream().mapToInt(Columns::width).max().orElse(0));
  }

  private Line build(RunningBuild build, Instant now, int nameColumns, int machineColumns) {
    String elapsed = Amounts.elapsed(Duration.between(build.started(), now));
    Line line =
        Line.of(" ")
            .plus(Columns.fit(build.name(), nameColumns, glyphs.cut), Style.BOLD)
            .plus("  ")
            .plus(Columns.fit(label.apply(build.machine()), machineColumns, glyphs.cut), Style.NAME)
            .plus("  ")
            .plus(
                Columns.fit(build.step().doing(), STEP_COLUMNS, glyphs.cut),
                build.step() == BuildStep.BUILDING ? Style.PLAIN : Style.BUSY)
            .plus(" ".repeat(Math.max(1, ELAPSED_COLUMNS + 1 - elapsed.length())))
            .plus(elapsed)
            .plus("  ");
    String again = build.attempt() > 1 ? "attempt " + build.attempt() : "";
    if (!again.isEmpty()) {
      line = line.plus(again, Style.BUSY).plus(build.detail().isEmpty() ? "" : "  ");
    }
    return line.plus(build.detail(), Style.DIM);
  }

  private Line machines(ViewState state, Instant now, int columns) {
    Line each = Line.of(" ");
    for (ViewState.MachineLine machine : state.machines()) {
      each = each.plus(machine(state, machine, now)).plus("   ");
    }
    return each.width() <= columns ? each : machinesTogether(state, now);
  }

  private Line machine(ViewState state, ViewState.MachineLine machine, Instant now) {
    Line name = Line.of(label.apply(machine.name()), Style.NAME).plus(" ");
    Optional<Instant> resting = machine.restingUntil().filter(now::isBefore);
    if (resting.isPresent()) {
      String left = Amounts.elapsed(Duration.between(now, resting.get()));
      return name.plus("resting " + left, Style.BAD);
    }
    int busy = state.busySlots(machine.name());
    int free = Math.max(0, machine.slots() - busy);
    if (machine.slots() > 8) {
      return name.plus(busy + "/" + machine.slots(), busy > 0 ? Style.BUSY : Style.DIM);
    }
    return name.plus(glyphs.slotBusy.repeat(busy), Style.BUSY)
        .plus(glyphs.slotFree.repeat(free), Style.DIM);
  }

  private static Line machinesTogether(ViewState state, Instant now) {
    int slots = state.machines().stream().mapToInt(ViewState.MachineLine::slots).sum();
    long busy = state.running().stream().filter(RunningBuild::isHoldingSlot).count();
    long resting = state.machines().stream().filter(machine -> machine.isResting(now)).count();
    Line line =
        Line.of(" " + Amounts.count(state.machines().size(), "machine") + ", ")
            .plus(busy + " of " + Amounts.count(slots, "slot") + " in use", Style.BUSY);
    return resting == 0 ? line : line.plus(", ").plus(resting + " resting", Style.BAD);
  }

  private Line counts(ViewState state, Instant now, int columns) {
    String elapsed = Amounts.elapsed(Duration.between(state.started(), now));
    if (state.total() == 0) {
      return spread(Line.of(" asking what is there"), elapsed, columns);
    }
    int barColumns = Math.min(24, columns / 5);
    int done = (int) ((long) barColumns * state.built() / state.total());
    String dot = " " + glyphs.dot + " ";
    Line line =
        Line.of(" ")
            .plus(glyphs.barDone.repeat(done), Style.GOOD)
            .plus(glyphs.barLeft.repeat(barColumns - done), Style.DIM)
            .plus(" ")
            .plus(state.built() + "/" + state.total() + " built", Style.BOLD)
            .plus(dot + state.running().size() + " running")
            .plus(dot + state.left() + " waiting");
    if (state.failed() > 0) {
      line = line.plus(dot).plus(state.failed() + " failed", Style.BAD);
    }
    if (state.failedAttempts() > state.failed()) {
      line = line.plus(dot).plus(state.failedAttempts() - state.failed() + " retried", Style.BUSY);
    }
    String copied =
        String.join(
                " ",
                glyphs.up,
                Amounts.size(state.sentBytes()),
                glyphs.down,
                Amounts.size(state.fetchedBytes()))
            + "  ";
    boolean isRoomForCopied = line.width() + Columns.width(copied) + ELAPSED_COLUMNS + 3 <= columns;
    return spread(line, (isRoomForCopied ? copied : "") + elapsed, columns);
  }

  /** Puts {@code right} at the right edge if there is room. */
  private static Line spread(Line left, String right, int columns) {
    int gap = columns - left.width() - Columns.width(right);
    return gap < 2 ? left : left.plus(" ".repeat(gap)).plus(right, Style.DIM);
  }
}
